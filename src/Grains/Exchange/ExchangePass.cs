using Granary.Grains.Channel;
using Granary.Grains.ModelState;

namespace Granary.Grains.Exchange;

/// <summary>The pass that is under way: which step, what it reads and what it writes. A step along the gradient has one pass, a line
/// search several.</summary>
internal sealed unsafe class ExchangePass<T>
    where T : unmanaged
{
    /// <param name="layout">Who owns what.</param>
    /// <param name="self">This worker's rank.</param>
    /// <param name="generation">The generation, which every frame carries.</param>
    public ExchangePass(ExchangeLayout layout, int self, long generation)
    {
        (Layout, Self, Generation) = (layout, self, generation);
        (First, End) = layout.Owned(self);
    }

    /// <summary>Who owns what.</summary>
    public ExchangeLayout Layout { get; }

    /// <summary>This worker's rank.</summary>
    public int Self { get; }

    /// <summary>The generation.</summary>
    public long Generation { get; }

    /// <summary>First block of this worker's slice.</summary>
    public int First { get; }

    /// <summary>One past the last block of this worker's slice.</summary>
    public int End { get; }

    /// <summary>Blocks of this worker's slice.</summary>
    public int Owned => End - First;

    /// <summary>The step.</summary>
    public long Step { get; private set; }

    /// <summary>Which pass of the step, from 0.</summary>
    public int Number { get; private set; }

    /// <summary>alpha at this step.</summary>
    public double Rate { get; private set; }

    /// <summary>This worker's gradient sums; they may still be growing.</summary>
    public OwnSums<T> Sums { get; private set; } = null!;

    /// <summary>Version t.</summary>
    public ModelVersion<T> From { get; private set; } = null!;

    /// <summary>Receives version t + 1.</summary>
    public ModelVersion<T> To { get; private set; } = null!;

    /// <summary>Begins a pass. From here on the target is no complete version until the pass is done.</summary>
    public void Begin(long step, int number, double rate, OwnSums<T> sums, ModelVersion<T> from, ModelVersion<T> to)
    {
        (Step, Number, Rate) = (step, number, rate);
        (Sums, From, To) = (sums, from, to);
        to.Step = step + 1;
        to.HasWeights = to.HasState = false;
    }

    /// <summary>The header of a frame of this pass that holds one block.</summary>
    public FrameHeader Header(FrameKind kind, int block) => new()
    {
        Kind = kind,
        Generation = Generation,
        Step = Step,
        Pass = Number,
        Block = block,
        Length = Bytes(block),
    };

    /// <summary>Bytes of a block of numbers.</summary>
    public int Bytes(int block) => Layout.Blocks.Length(block) * sizeof(T);
}
