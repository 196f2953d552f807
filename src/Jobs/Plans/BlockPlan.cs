namespace Granary.Jobs;

/// <summary>
/// The flat weight vector cut into blocks, by the model alone, and the blocks dealt to members as slices. Blocks are numbered so that those of any
/// slice are spread over the whole vector: a backward pass brings the gradients of the last layers first, and every owner should have
/// something to do from then on. The last block, which may be shorter, has the last number. Where every member makes the whole update there are
/// no slices, and blocks are numbered as they lie.
/// </summary>
/// <param name="Weights">P, the number of weights.</param>
/// <param name="Everywhere">Whether every member makes the whole update, however many blocks there are.</param>
public sealed record BlockPlan(long Weights, bool Everywhere = false)
{
    /// <summary>The blocks of a job's model. An optimiser that searches looks at all of a gradient before it takes a step along it, so that every member
    /// needs all of it.</summary>
    public static BlockPlan Of(Job job, IReadOnlyList<ParameterShape> shape) =>
        new(ModelShape.Weights(shape), job.Training.Optimizer.Traits().SearchesAlongLines);

    /// <summary>Weights in a block, but for the last one.</summary>
    /// <remarks>A block of float32 is 65,024 bytes, and with its frame's header goes into one segment of TCP: over loopback, where a packet may have
    /// 65,536 bytes with all headers, and over Ethernet, where the kernel takes at most 45 packets of 1,448 bytes together. With 2^14 weights each
    /// frame left a few bytes over for a packet of their own, and an exchange over loopback took a quarter longer. A multiple of 16
    /// keeps every block at the start of a cache line.</remarks>
    public const int BlockSize = 16_256;

    private readonly SpreadOrder _order = Everywhere ? default : new SpreadOrder((int)((Weights - 1) / BlockSize));

    /// <summary>Number of blocks.</summary>
    public int Blocks => (int)((Weights + BlockSize - 1) / BlockSize);

    /// <summary>Where a block starts in the flat vector.</summary>
    public long Start(int block) => (long)(block < _order.Items ? _order.Place(block) : block) * BlockSize;

    /// <summary>The block whose weights are those from <paramref name="place"/> times <see cref="BlockSize"/> on.</summary>
    public int At(int place) => place < _order.Items ? _order.ItemAt(place) : place;

    /// <summary>Weights in one block.</summary>
    public int Length(int block) => (int)Math.Min(BlockSize, Weights - Start(block));

    /// <summary>Whether everybody sends its sums to everybody and makes the same update: one hop instead of two, for models
    /// so small that the hop costs more than the bytes, and where it is asked for.</summary>
    public bool Replicated => Everywhere || Blocks == 1;

    /// <summary>The blocks [First, End) that a member sums and updates.</summary>
    public (int First, int End) Owned(int member, int members) => Replicated ? (0, Blocks) : Slice(member, members);

    /// <summary>The blocks [First, End) of the slice that a member of <paramref name="members"/> owns.</summary>
    public (int First, int End) Slice(int member, int members) =>
        ((int)((long)member * Blocks / members), (int)((long)(member + 1) * Blocks / members));

    /// <summary>Weights in a run of blocks.</summary>
    public long Length((int First, int End) run) => Math.Min((long)run.End * BlockSize, Weights) - Math.Min((long)run.First * BlockSize, Weights);
}
