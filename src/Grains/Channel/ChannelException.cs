namespace Granary.Grains.Channel;

/// <summary>A tensor channel cannot be used any more: the peer is gone, or what it sent cannot be right.</summary>
/// <param name="peer">The member at the other end.</param>
/// <param name="message">The cause, for people.</param>
public sealed class ChannelException(int peer, string message) : Exception(message)
{
    /// <summary>The member at the other end.</summary>
    public int Peer { get; } = peer;
}
