using Granary.Contracts;
using Granary.Grains.ModelState;
using Granary.Grains.Workers;

namespace Granary.Grains.Checkpoints;

/// <summary>Reads all weights and this member's optimiser state out of a checkpoint's parts, whatever cluster wrote them.</summary>
internal static unsafe class CheckpointReader
{
    /// <param name="store">Has the parts.</param>
    /// <param name="task">The worker's part in the generation.</param>
    /// <param name="restore">Which version, and what it consists of.</param>
    /// <param name="to">Receives it.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="DamagedCheckpointException">A part cannot be used.</exception>
    /// <exception cref="CheckpointUnavailableException">The store does not answer just now.</exception>
    public static void Read<T>(ICheckpointStore store, TrainingTask task, RestoreSource restore, ModelVersion<T> to, CancellationToken cancellation = default)
        where T : unmanaged
    {
        to.Step = restore.Step;
        var blocks = task.Layout.Blocks;
        var next = 0;
        foreach (var part in restore.Checkpoint.OrderBy(p => p.Blocks.First))
        {
            if (part.Blocks.First != next || part.Blocks.End > blocks.Blocks || part.Blocks.End <= part.Blocks.First)
            {
                throw new DamagedCheckpointException($"{Name(store, part)}: this checkpoint cannot be used: block {next} is in none of its parts.");
            }

            next = part.Blocks.End;
            Read(store, task, restore.Step, part, to, cancellation);
        }

        if (next != blocks.Blocks)
        {
            throw new DamagedCheckpointException($"The checkpoint of step {restore.Step} cannot be used: block {next} is in none of its parts.");
        }

        to.HasWeights = to.HasState = true;
    }

    private static string Name(ICheckpointStore store, CheckpointPart part) =>
        $"{store.Describe(part.Checkpoint)}, blocks {part.Blocks.First} to {part.Blocks.End - 1}";

    private static void Read<T>(ICheckpointStore store, TrainingTask task, long step, CheckpointPart part, ModelVersion<T> to, CancellationToken cancellation)
        where T : unmanaged
    {
        using var vector = new StateSlice<T>(task.Layout.Blocks, (part.Blocks.First, part.Blocks.End), perWeight: 1); // one at a time
        var expected = new CheckpointHeader(
            part.Job ?? task.JobId, 0, step, part.Blocks.First, part.Blocks.End, vector.Length, to.Own.PerWeight, sizeof(T));
        CheckpointFile.Read(() => store.Open(part.Checkpoint, part.Blocks.First), Name(store, part), expected, (_, number) =>
        {
            if (number > 0)
            {
                Spread(number - 1);
            }

            return (nint)vector.At(0, part.Blocks.First);
        }, cancellation);
        Spread(to.Own.PerWeight);

        // The weights, 0, go to where they lie, state to where this member keeps it.
        void Spread(int number)
        {
            var (first, end) = number == 0 ? (part.Blocks.First, part.Blocks.End)
                : (Math.Max(part.Blocks.First, to.Own.Blocks.First), Math.Min(part.Blocks.End, to.Own.Blocks.End));
            for (var block = first; block < end; block++)
            {
                var bytes = task.Layout.Blocks.Length(block) * sizeof(T);
                var place = number == 0 ? (T*)to.Weights.Data + task.Layout.Blocks.Start(block) : to.Own.At(number - 1, block);
                Buffer.MemoryCopy(vector.At(0, block), place, bytes, bytes);
            }
        }
    }
}
