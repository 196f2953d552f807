using Granary.Contracts;

namespace Granary.Grains.Coordination;

/// <summary>A checkpoint whose parts are still being written.</summary>
/// <param name="step">The version.</param>
/// <param name="members">How many members are to answer.</param>
internal sealed class PendingCheckpoint(long step, int members)
{
    private readonly List<CheckpointPart> _parts = [];
    private int _answers;

    public long Step { get; } = step;

    /// <summary>Why it cannot be used; the first reason.</summary>
    public string? Failure { get; private set; }

    /// <summary>Whether every member has answered.</summary>
    public bool IsComplete => _answers == members;

    public IReadOnlyList<CheckpointPart> Parts => _parts;

    public void Add(CheckpointPart? part, string? failure)
    {
        _answers++;
        Failure ??= failure;
        if (part is not null)
        {
            _parts.Add(part);
        }
    }
}
