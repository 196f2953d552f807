using Granary.Contracts;
using Granary.Grains.Exchange;
using Granary.Grains.Versions;
using Granary.Grains.Workers;
using Granary.Jobs;

namespace Granary.Grains.Checkpoints;

/// <summary>Reads all weights and this member's optimiser state out of a checkpoint's parts, whatever cluster wrote them.</summary>
internal static unsafe class CheckpointReader
{
    /// <exception cref="DamagedCheckpointException">A part cannot be used.</exception>
    public static void Read<T>(TrainingTask task, Origin origin, ModelVersion<T> to)
        where T : unmanaged
    {
        to.Step = origin.Step;
        var blocks = task.Layout.Blocks;
        var next = 0;
        foreach (var part in origin.Checkpoint.OrderBy(p => p.Blocks.First))
        {
            if (part.Blocks.First != next || part.Blocks.End > blocks.Blocks || part.Blocks.End <= part.Blocks.First)
            {
                throw new DamagedCheckpointException($"{part.File}: this checkpoint cannot be used: block {next} is in none of its parts.");
            }

            next = part.Blocks.End;
            Read(task, origin.Step, part, to);
        }

        if (next != blocks.Blocks)
        {
            throw new DamagedCheckpointException($"The checkpoint of step {origin.Step} cannot be used: block {next} is in none of its parts.");
        }

        to.HasWeights = to.HasState = true;
    }

    private static void Read<T>(TrainingTask task, long step, CheckpointPart part, ModelVersion<T> to)
        where T : unmanaged
    {
        var blocks = task.Layout.Blocks;
        using var all = new StateSlice<T>((part.Blocks.First, part.Blocks.End), 1 + to.Own.PerWeight); // the weights first
        var expected = new CheckpointHeader(
            part.Job ?? task.JobId, 0, step, part.Blocks.First, part.Blocks.End, all.Length, to.Own.PerWeight, sizeof(T));
        CheckpointFile.Read(part.File, expected, (_, vector) => (nint)all.At(vector, part.Blocks.First));
        for (var block = part.Blocks.First; block < part.Blocks.End; block++)
        {
            var bytes = blocks.Length(block) * sizeof(T);
            Buffer.MemoryCopy(all.At(0, block), (T*)to.Weights.Data + blocks.Start(block), bytes, bytes);
            for (var vector = 0; vector < to.Own.PerWeight && block >= to.Own.Blocks.First && block < to.Own.Blocks.End; vector++)
            {
                Buffer.MemoryCopy(all.At(1 + vector, block), to.Own.At(vector, block), bytes, bytes);
            }
        }
    }
}
