using System.Numerics;
using Granary.Contracts;
using Granary.Grains.Channel;
using Granary.Grains.Checkpoints;
using Granary.Grains.ModelState;
using Granary.Model.Training;

namespace Granary.Grains.Workers;

/// <summary>Restores the version that a generation starts from: out of a checkpoint, from the other workers, or from the job's seed.</summary>
/// <param name="task">This worker's part.</param>
/// <param name="source">Where the version comes from.</param>
/// <param name="checkpoints">Where checkpoints are kept.</param>
/// <param name="memory">What this silo keeps of the job.</param>
/// <param name="held">Versions of earlier generations, newest first.</param>
/// <param name="mesh">Connections to the other workers.</param>
/// <param name="phase">What this worker is doing, for others to see.</param>
internal sealed unsafe class VersionRestore<T>(
    TrainingTask task, RestoreSource source, ICheckpointStore checkpoints, JobMemory memory, IReadOnlyList<VersionStore<T>> held, PeerMesh mesh, WorkerPhase phase)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private volatile StateTransfer<T>? _transfer;

    /// <summary>Ranks of the members that weights and state are still to come from.</summary>
    public IReadOnlyList<int> WaitingFor() => _transfer?.WaitingFor() ?? [];

    /// <summary>Restores it.</summary>
    /// <param name="to">Receives it.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="ChannelException">A peer is lost.</exception>
    /// <exception cref="DamagedCheckpointException">The checkpoint cannot be used.</exception>
    /// <exception cref="CheckpointUnavailableException">The store of checkpoints does not answer just now.</exception>
    public void Run(ModelVersion<T> to, CancellationToken cancellation)
    {
        memory.Log.Rewind(source.Step);
        if (source.Checkpoint.Count > 0)
        {
            CheckpointReader.Read(checkpoints, task, source, to, cancellation);
        }
        else if (source.Transfers.Count > 0)
        {
            var (self, generation) = (task.Assignment.Rank, task.Assignment.Generation.Number);
            var transfer = _transfer = new StateTransfer<T>(task.Layout, self, generation, mesh, held);
            transfer.Begin(source, to);
            phase.Enter(PhaseKind.Restore); // it waits from now on
            transfer.Finish(cancellation);
            phase.Enter(PhaseKind.Start);
        }
        else
        {
            Initialize(to);
        }
    }

    private void Initialize(ModelVersion<T> to)
    {
        var weights = new Span<T>(to.Weights.Data, checked((int)task.Layout.Blocks.Weights));
        InitialWeights.Fill(task.Shape, task.Job.Training.Seed, weights);
        ModuleWeights.Fill(task.Job, task.Facts.Shape, weights);
        InitialFile.Overlay(task.Job, task.Facts, task.Shape, weights);
        to.HasWeights = to.HasState = true;
    }
}
