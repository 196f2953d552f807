namespace Granary.Grains.Channel;

/// <summary>A tensor channel cannot be used any more: the peer is gone, or what it sent cannot be right.</summary>
/// <param name="peers">The members at the other ends, at least one.</param>
/// <param name="message">The cause, for people.</param>
public sealed class ChannelException(IReadOnlyList<int> peers, string message) : Exception(message)
{
    /// <param name="peer">The member at the other end.</param>
    /// <param name="message">The cause, for people.</param>
    public ChannelException(int peer, string message)
        : this([peer], message)
    {
    }

    /// <summary>The member at the other end, the first where there are several.</summary>
    public int Peer => Peers[0];

    /// <summary>The members at the other ends.</summary>
    public IReadOnlyList<int> Peers { get; } = peers;

    /// <summary>For each of <see cref="Peers"/> what was said when it was tried to reach; null: nothing.</summary>
    public IReadOnlyList<string?> Causes { get; init; } = new string?[peers.Count];
}
