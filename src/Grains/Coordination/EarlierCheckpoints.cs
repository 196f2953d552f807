using Granary.Contracts;
using Granary.Grains.Checkpoints;
using Granary.Jobs;

namespace Granary.Grains.Coordination;

/// <summary>Checkpoints that come from elsewhere: those that an earlier build named by their paths, and those that a run has left in its output folder.</summary>
internal static class EarlierCheckpoints
{
    // No generation writes there: they count from 1.
    private const long TakenOver = 0;

    /// <summary>Names a checkpoint that an earlier build stored with the path of its folder, which is that of the directory store still. Plain rule.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="job">The job it belongs to.</param>
    public static DurableCheckpoint Named(DurableCheckpoint checkpoint, string job) =>
        checkpoint.Folder is { Length: > 0 } folder && DirectoryStore.Parse(job, folder) is { } id
        ? checkpoint with { Folder = null, Parts = [.. checkpoint.Parts.Select(p => p with { Checkpoint = id })] }
        : checkpoint;

    /// <summary>Whether a checkpoint is in a run's folder yet, as earlier builds left those that a job had taken up.</summary>
    public static bool IsInRun(DurableCheckpoint checkpoint) => checkpoint.Folder is not null;

    /// <summary>Copies what a run has left into the store, as checkpoints of the job that goes on from it. Doing so again changes nothing.</summary>
    /// <param name="store">The store.</param>
    /// <param name="job">The job that goes on.</param>
    /// <param name="output">The run's output folder.</param>
    /// <param name="run">What it has left.</param>
    /// <exception cref="JobException">What the run has left cannot be read.</exception>
    /// <exception cref="IOException">The store fails; it is tried again.</exception>
    public static List<DurableCheckpoint> TakeOver(ICheckpointStore store, string job, string output, RunState run) =>
        [.. run.Checkpoints.Select(c => TakeOver(store, new CheckpointId(job, c.Step, TakenOver), output, run.Job, c))];

    private static DurableCheckpoint TakeOver(ICheckpointStore store, CheckpointId id, string output, string writer, LeftCheckpoint left)
    {
        foreach (var part in left.Parts)
        {
            using var from = Read(part.File, output);
            store.Write(id, part.Blocks.First, from.CopyTo);
        }

        return new DurableCheckpoint(
            left.Step, [.. left.Parts.Select(p => new CheckpointPart(id, p.Blocks, p.Bytes, p.Checksum, p.Job ?? writer))], left.Progress, left.ValidationLoss);
    }

    // What is not there will not come back; a store that fails is tried again.
    private static Stream Read(string file, string output)
    {
        try
        {
            return JobFiles.OpenRead(file);
        }
        catch (Exception e) when (e is (IOException and not FileStoreException) or UnauthorizedAccessException)
        {
            throw new JobException($"{output}: the run cannot be continued: {e.Message}");
        }
    }

    /// <summary>The same for a job that an earlier build has begun: those of its checkpoints that are in the run's folder are taken over.</summary>
    /// <param name="store">The store.</param>
    /// <param name="job">The job that goes on.</param>
    /// <param name="output">The run's output folder.</param>
    /// <param name="known">The job's checkpoints.</param>
    /// <exception cref="JobException">They are not there any more.</exception>
    public static List<DurableCheckpoint> TakeOverRest(ICheckpointStore store, string job, string output, IReadOnlyList<DurableCheckpoint> known)
    {
        var run = RunState.Read(output);
        var steps = known.Where(IsInRun).Select(c => c.Step).ToHashSet();
        var taken = TakeOver(store, job, output, run with { Checkpoints = [.. run.Checkpoints.Where(c => steps.Contains(c.Step))] });
        return [.. known.Select(c => !IsInRun(c) ? c : taken.Find(t => t.Step == c.Step) is { } found ? c with { Folder = null, Parts = found.Parts }
            : throw new JobException($"{output}: the job cannot go on: the checkpoint of step {c.Step}, which it was continued from, is not there any more. Submit it again."))];
    }
}
