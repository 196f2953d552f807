namespace Granary.Grains.Coordination;

/// <summary>The gradients of some members are wrong: those stand by, and the job goes on without them.</summary>
/// <param name="members">Their places in the worker group, and what is wrong.</param>
/// <param name="othersAreLeft">Whether there are silos that could take part instead, or still do.</param>
internal sealed class WrongMembersException(IReadOnlyList<(int Member, string Message)> members, bool othersAreLeft) : Exception(members[0].Message)
{
    public IReadOnlyList<(int Member, string Message)> Members { get; } = members;

    public bool OthersAreLeft { get; } = othersAreLeft;
}
