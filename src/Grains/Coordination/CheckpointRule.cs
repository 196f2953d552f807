using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Grains.Coordination;

/// <summary>A checkpoint that is complete in the store.</summary>
/// <param name="Step">The version.</param>
/// <param name="Parts">Its parts.</param>
/// <param name="Progress">What was known then.</param>
/// <param name="ValidationLoss">Held-out loss under these weights, where it was evaluated.</param>
[GenerateSerializer, Immutable, Alias("granary.DurableCheckpoint")]
internal sealed record DurableCheckpoint(
    [property: Id(0)] long Step,
    [property: Id(2)] IReadOnlyList<CheckpointPart> Parts,
    [property: Id(3)] ProgressState Progress,
    [property: Id(4)] double? ValidationLoss)
{
    /// <summary>What the store calls it.</summary>
    public CheckpointId Id => Parts[0].Checkpoint;

    /// <summary>The folder of its parts, as earlier builds stored it ("": a run's); null: the parts say where they are.</summary>
    [Id(1)] public string? Folder { get; init; }
}

/// <summary>When checkpoints are due and which are kept. Plain rules.</summary>
internal static class CheckpointRule
{
    // The first comes early: until then the loss of several silos at once loses all progress.
    private const double FirstSeconds = 2;

    /// <summary>Whether one is due.</summary>
    /// <param name="section">What the job file says.</param>
    /// <param name="any">Whether there is one already.</param>
    /// <param name="stepsSince">Steps since the last one was begun, or the generation.</param>
    /// <param name="secondsSince">Seconds since the last one was begun, or training.</param>
    public static bool IsDue(CheckpointSection section, bool any, long stepsSince, double secondsSince) =>
        (section.Steps > 0 && stepsSince >= section.Steps)
        || (section.Seconds > 0 && stepsSince > 0 && secondsSince >= (any ? section.Seconds : Math.Min(FirstSeconds, section.Seconds)));

    /// <summary>Those to keep: the newest ones, the best by held-out loss, and the one that is to be published.</summary>
    /// <param name="section">What the job file says.</param>
    /// <param name="all">Those there are.</param>
    /// <param name="published">The version to be published, as it stands; null: the last one.</param>
    public static List<DurableCheckpoint> Stay(CheckpointSection section, IEnumerable<DurableCheckpoint> all, long? published = null)
    {
        var rising = all.OrderBy(c => c.Step).ToArray();
        var best = section.Best ? rising.Where(c => c.ValidationLoss is not null).MinBy(c => c.ValidationLoss) : null;
        return [.. rising.Where((c, i) => i >= rising.Length - section.Keep || c == best || c.Step == published)];
    }
}
