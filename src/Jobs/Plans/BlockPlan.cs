namespace Granary.Jobs;

/// <summary>The flat weight vector cut into blocks, by the model alone, and the blocks dealt to members as slices.</summary>
/// <param name="Weights">P, the number of weights.</param>
public sealed record BlockPlan(long Weights)
{
    /// <summary>Weights in a block, but for the last one.</summary>
    public const int BlockSize = 16_384;

    /// <summary>Number of blocks.</summary>
    public int Blocks => (int)((Weights + BlockSize - 1) / BlockSize);

    /// <summary>Where a block starts in the flat vector.</summary>
    public static long Start(int block) => (long)block * BlockSize;

    /// <summary>Weights in one block.</summary>
    public int Length(int block) => (int)Math.Min(BlockSize, Weights - Start(block));

    /// <summary>The blocks [First, End) of the slice that a member of <paramref name="members"/> owns.</summary>
    public (int First, int End) Slice(int member, int members) =>
        ((int)((long)member * Blocks / members), (int)((long)(member + 1) * Blocks / members));
}
