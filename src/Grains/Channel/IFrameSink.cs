namespace Granary.Grains.Channel;

/// <summary>Decides where received frames go, and does what there is to do between sending and receiving.</summary>
internal interface IFrameSink
{
    /// <summary>Whether what the bytes are moved for is done: of a step, the phase under way.</summary>
    bool IsDone { get; }

    /// <summary>Where the payload of a frame belongs; 0 when its step has not begun here.</summary>
    /// <exception cref="ChannelException">The frame cannot be right.</exception>
    nint Place(int peer, in FrameHeader header);

    /// <summary>Takes a whole frame.</summary>
    void Arrived(int peer, in FrameHeader header);

    /// <summary>Does a little work other than sending and receiving; false: there is none.</summary>
    bool Work() => false;
}
