using System.Runtime.InteropServices;

namespace Granary.Grains.Channel;

/// <summary>What a frame carries.</summary>
internal enum FrameKind
{
    /// <summary>One block of one partial sum of gradients, on its way to the block's owner.</summary>
    Sum = 1,

    /// <summary>One block of new weights, on its way from its owner to everybody.</summary>
    Weights = 2,

    /// <summary>The squared norms (float64) of the averaged gradient, one per block of the sender's slice.</summary>
    Norms = 3,

    /// <summary>What the sender's shards put into the step.</summary>
    Records = 4,

    /// <summary>The held-out losses of the sender's shards.</summary>
    Evaluations = 5,

    /// <summary>One block of one vector of optimiser state, on its way to a backup or to a new owner.</summary>
    State = 6,
}

/// <summary>The 64 bytes before each payload on a tensor channel, little-endian.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct FrameHeader
{
    public const int Size = 64;
    public const uint ExpectedMagic = 0x46415247; // "GRAF"

    public uint Magic;
    public FrameKind Kind;
    public long Generation;
    public long Step;

    /// <summary>Block of the flat vector; for norms the first block of the slice.</summary>
    public int Block;

    /// <summary>For sums: which of the sender's maximal subtrees, by its place in the cover of the sender's shards. For state:
    /// which vector.</summary>
    public int Part;

    /// <summary>Payload bytes.</summary>
    public int Length;

    /// <summary>Which pass of the step, from 0: a line search makes several.</summary>
    public int Pass;

    /// <summary>For sums: the weight of the examples in the partial sum.</summary>
    public double Weight;

    /// <summary>See <see cref="FrameChecksum"/>.</summary>
    public ulong Checksum;

    public long Reserved2;
}
