using Granary.Contracts;

namespace Granary.Grains.Coordination;

/// <summary>A checkpoint whose parts are still being written.</summary>
/// <param name="step">The version.</param>
/// <param name="members">How many members are to answer.</param>
internal sealed class PendingCheckpoint(long step, int members)
{
    private readonly List<CheckpointPart> _parts = [];
    private readonly HashSet<int> _answered = [];

    public long Step { get; } = step;

    /// <summary>Why it cannot be used; the first reason.</summary>
    public string? Failure { get; private set; }

    /// <summary>Whether every member has answered.</summary>
    public bool IsComplete => _answered.Count == members;

    public IReadOnlyList<CheckpointPart> Parts => _parts;

    /// <summary>Takes a worker's answer; a second one of the same worker changes nothing.</summary>
    public void Add(int member, CheckpointPart? part, string? failure)
    {
        if (!_answered.Add(member))
        {
            return;
        }

        Failure ??= failure;
        if (part is not null)
        {
            _parts.Add(part);
        }
    }
}
