using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Networks;
using static TorchSharp.torch;

namespace Granary.Model.Custom;

/// <summary>
/// A model of one's own: a TorchSharp module and its loss in one class. Its constructor makes the layers and ends with
/// <c>RegisterComponents()</c>; <c>forward</c> maps inputs to outputs. Granary makes one instance per compute thread, all of whose
/// parameters share the job's weights; an instance is never used by two threads at once.
/// </summary>
/// <remarks>
/// B examples, D features, K classes or labels; C channels, H height and W width of images. <c>forward</c> gets [B, D] numbers in the job's precision, standardised where the job says so; or
/// [B, C, H, W], where the model <see cref="TakesImages"/>.
/// What it returns for an example must depend on that example and the parameters alone: no buffers (the running means of a batch
/// norm), no random layers (use <see cref="Dropout"/>), nothing kept from one call to the next.
/// </remarks>
public abstract class OwnModel : nn.Module<Tensor, Tensor>
{
    private DropoutMasks _masks = new(0, null);

    /// <param name="name">The module's name, for TorchSharp.</param>
    protected OwnModel(string name)
        : base(name)
    {
    }

    /// <summary>Whether <c>forward</c> gets images [B, C, H, W], whose sizes the constructor learns from <see cref="InputShape.RequireImage"/>: of idx or of folders (<c>data.format: images</c>). Data without
    /// images is refused. Default: no, it gets rows [B, D].</summary>
    public virtual bool TakesImages => false;

    /// <summary>Whether it learns classes or numbers (<c>data.target: number</c>, where <see cref="InputShape.IsNumber"/> holds and <see cref="InputShape.Outputs"/> is 1), or either. Default: classes. A job
    /// that asks for the other one is refused.</summary>
    public virtual LearnedTarget Learns => LearnedTarget.Class;

    /// <summary>Whether it can learn several labels (<c>data.target: labels</c>), each of which a row has or has not: then what <c>forward</c> returns is [B, K], the log-odds of each. Default: no.</summary>
    public virtual bool LearnsLabels => false;

    /// <summary>The loss of each example, [B]: what training minimises is their mean over the batch.</summary>
    /// <param name="outputs">What <c>forward</c> returned.</param>
    /// <param name="targets">[B] class ids from 0 on, int64; or [B] numbers, standardised where the job says so; or [B, K], 1 for each label that a row has and 0 for the others. Numbers and labels have
    /// the job's precision.</param>
    public abstract Tensor Losses(Tensor outputs, Tensor targets);

    /// <summary>The probability of each class, [B, K], for predictions and accuracies; the softmax of the outputs unless overridden. Asked for only where classes are learned.</summary>
    /// <param name="outputs">What <c>forward</c> returned.</param>
    public virtual Tensor Probabilities(Tensor outputs) => outputs.softmax(1);

    /// <summary>The number that is predicted for each example, [B], in the units of the targets that <see cref="Losses"/> gets; the one output unless overridden. Asked for only where numbers are learned.</summary>
    /// <param name="outputs">What <c>forward</c> returned.</param>
    public virtual Tensor Numbers(Tensor outputs) => outputs.flatten();

    /// <summary>x with part of its numbers set to 0 and the others divided by 1 - rate, in training passes; x itself otherwise. The
    /// masks come from seed, epoch, shard and step, so that no thread and no silo shows in them. For use within <c>forward</c>.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="rate">Part that becomes 0, in [0, 1).</param>
    protected Tensor Dropout(Tensor x, double rate)
    {
        if (rate is not (>= 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(rate), rate, "must be at least 0 and below 1");
        }

        return _masks.Apply(x, rate);
    }

    // Before each pass.
    internal void Begin(PassPlace? place) => _masks = new DropoutMasks(0, place);
}
