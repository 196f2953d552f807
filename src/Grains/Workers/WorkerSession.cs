using System.Diagnostics;
using System.Numerics;
using Granary.Contracts;
using Granary.Grains.Channel;
using Granary.Grains.Checkpoints;
using Granary.Grains.Compute;
using Granary.Grains.Exchange;
using Granary.Grains.ModelState;
using Granary.Grains.TensorBoard;
using Granary.Jobs;
using Granary.Model.Networks;
using Granary.Model.Training;

namespace Granary.Grains.Workers;

/// <inheritdoc cref="IWorkerSession"/>
/// <remarks>Puts a session together from its parts, and answers for them. The steps are in <see cref="TrainingStep{T}"/>, the loop around
/// them in <see cref="TrainingLoop{T}"/>.</remarks>
internal sealed class WorkerSession<T> : IWorkerSession
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly JobMemory _memory;
    private readonly PeerMesh _mesh;
    private readonly SessionState _state = new();
    private readonly WorkerPhase _phase = new();
    private readonly ReadGuard _guard = new();
    private readonly VersionStore<T> _versions;
    private readonly Grants _grants;
    private readonly ComputeThreads _threads;
    private readonly ShardLeases _leases;
    private readonly GradientWork<T> _gradients;
    private readonly StepExchange<T> _exchange;
    private readonly ITrainingStep<T> _step;
    private readonly VersionRestore<T> _restore;
    private readonly HeldOutEvaluation<T> _evaluation;
    private readonly CheckpointWriter<T> _checkpoints;
    private readonly ModelPublisher<T> _publisher;
    private readonly EventWriter? _events;

    /// <param name="task">This worker's part.</param>
    /// <param name="restore">Where the version to start from comes from.</param>
    /// <param name="memory">What this silo keeps of the job.</param>
    /// <param name="silo">This silo.</param>
    /// <param name="mesh">Connections to the other workers; the session's from now on.</param>
    /// <param name="reports">Where the session reports to.</param>
    public WorkerSession(
        TrainingTask task, RestoreSource restore, JobMemory memory, SiloMeans silo, PeerMesh mesh, SessionReports reports)
    {
        (_memory, _mesh) = (memory, mesh);
        var job = task.Job;
        var optimizer = OptimizerCatalogue.Create(job.Training.Optimizer);
        var (self, generation) = (task.Assignment.Rank, task.Assignment.Generation.Number);
        IReadOnlyList<VersionStore<T>> held = [.. memory.Stores.OfType<VersionStore<T>>().Reverse()];
        _versions = new VersionStore<T>(task.Shape, job.Model.Precision, task.Layout, self, optimizer.State.Count);
        memory.Add(_versions);
        _grants = new Grants(restore.Step);

        // gather and backward
        var network = NetworkCatalogue.Create(job.Model, task.Facts.Shape);
        var trained = job.Training.Train is null ? null : TrainedTensors.Of(job.Training, task.Shape);
        _threads = new ComputeThreads(silo.Identity.ThreadsPerJob, job.Name);
        _leases = new ShardLeases(task, silo.Registry);
        _gradients = new GradientWork<T>(
            task, _threads, _leases, silo.Faults, () => new GradientPass(network, task.Shape, job.Model.Precision, silo.Identity.Device, trained));
        var batches = new BatchGatherer(task.Batches, _leases);

        // reduce-scatter, update and all-gather
        var searches = job.Training.Optimizer.Traits().SearchesAlongLines;
        var decay = DecayRun.PerBlock(task.Shape, task.Layout.Blocks, job.Training.Optimizer.DecayAll, trained);
        var update = new BlockUpdate<T>(task.Layout.Blocks, decay, optimizer) { Probes = searches };
        _exchange = new StepExchange<T>(task.Layout, self, generation, mesh, task.Batches, update, job.Training.ClipNorm);

        // commit, and the whole step
        var commits = new StepCommits<T>(memory, _versions, _state.Steps, restore.Step);
        _step = searches
            ? new LbfgsStep<T>(new LbfgsIteration<T>(task, batches, _gradients, _exchange, _phase), commits)
            : new TrainingStep<T>(
                task, batches, _gradients, _exchange, OverlappedExchange<T>.Create(task, silo.Identity.Device, restore.Step, _gradients.Sums, _exchange, mesh),
                new ReplicaSchedule<T>(_grants, _versions), commits, _phase);

        // what comes before and between steps, and after the last
        _restore = new VersionRestore<T>(task, restore, silo.Checkpoints, memory, held, mesh, _phase);
        var start = new GenerationStart<T>(_restore, _gradients, memory, _versions, silo.Identity);
        _evaluation = new HeldOutEvaluation<T>(
            _gradients, new EvaluationExchange(task.Layout, self, generation, mesh), _versions, memory.Log, _phase);
        _checkpoints = new CheckpointWriter<T>(task, silo.Checkpoints, silo.Faults, reports.CheckpointWritten);
        _events = WeightRecorder<T>.Open(task, restore.Step);
        _publisher = new ModelPublisher<T>(task, _versions, _guard, silo.Checkpoints, _events);
        var recorder = _events is null ? null : new WeightRecorder<T>(task, _versions, _events);
        var between = new BetweenSteps<T>(_grants, _versions, _checkpoints, _evaluation, recorder, reports, _phase);
        var outcomes = new StepReports<T>(task, _exchange, reports, restore.Step);
        new TrainingLoop<T>(task, start, _step, between, _versions, _grants, outcomes, _state).Start();
    }

    /// <inheritdoc/>
    public Task Ready => _state.Ready;

    /// <inheritdoc/>
    public GradientRecord? Checked => _memory.Checked;

    private long Committed => _versions.Current.Step;

    /// <inheritdoc/>
    public void Grant(StepGrant grant)
    {
        _memory.Log.Forget(grant.Acknowledged);
        _grants.Give(grant);
    }

    /// <inheritdoc/>
    public Task<long> Halt()
    {
        _state.Stop();
        return _state.Ended.ContinueWith(_ => Committed, TaskScheduler.Default);
    }

    /// <inheritdoc/>
    public WorkerStanding Stand()
    {
        var (kind, since) = _phase.Now;
        IReadOnlyList<int> peers = kind switch
        {
            PhaseKind.Restore => _restore.WaitingFor(),
            PhaseKind.Exchange => _exchange.WaitingFor(),
            PhaseKind.EvaluationExchange => _evaluation.WaitingFor(),
            _ => [],
        };
        return new WorkerStanding(
            Committed,
            kind is PhaseKind.Restore or PhaseKind.Exchange or PhaseKind.EvaluationExchange,
            peers,
            Stopwatch.GetElapsedTime(Math.Max(since, _mesh.LastMoved)).TotalSeconds,
            kind switch
            {
                PhaseKind.Start or PhaseKind.Restore => WorkerActivity.Joining,
                PhaseKind.Compute => WorkerActivity.Computing,
                PhaseKind.Exchange or PhaseKind.EvaluationExchange => WorkerActivity.Exchanging,
                PhaseKind.Evaluate => WorkerActivity.Evaluating,
                _ => WorkerActivity.AwaitingGrant,
            },
            []);
    }

    /// <inheritdoc/>
    public Task Reach(long step) => _state.Steps.Reach(step);

    /// <inheritdoc/>
    public SavedWeights HashWeights() => _publisher.HashWeights();

    /// <inheritdoc/>
    public void LoadCheckpoint(RestoreSource checkpoint) => _publisher.LoadCheckpoint(checkpoint);

    /// <inheritdoc/>
    public IReadOnlyList<HeldOutClasses> HeldOut() => _publisher.Use(_gradients.HeldOut);

    /// <inheritdoc/>
    public string? RecordPoints(IReadOnlyList<MetricPoint> points) => _events?.Add(points);

    /// <inheritdoc/>
    public void Publish(Publication publication) => _publisher.Publish(publication);

    /// <inheritdoc/>
    public NonFiniteFinding FindNonFinite()
    {
        using var scope = _guard.Read();
        return _gradients.FindNonFinite(Committed, _versions.Current.Weights);
    }

    /// <inheritdoc/>
    /// <remarks>The versions stay: the next generation may go on from them.</remarks>
    public void Dispose()
    {
        try
        {
            _state.Stop();
        }
        finally
        {
            _state.Ended.Wait(); // whatever happens: the thread uses the memory
        }

        _guard.Close(Free);
    }

    private void Free()
    {
        _publisher.Dispose();
        _events?.Dispose();
        _step.Dispose();
        _mesh.Dispose();
        _exchange.Dispose();
        _evaluation.Dispose();
        _checkpoints.Dispose();
        _gradients.Dispose();
        _leases.Dispose();
        _threads.Dispose();
        _grants.Dispose();
    }
}
