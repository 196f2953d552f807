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
/// B examples, D features, K classes. <c>forward</c> gets [B, D] numbers in the job's precision, standardised where the job says so.
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

    /// <summary>The loss of each example, [B]: what training minimises is their mean over the batch.</summary>
    /// <param name="outputs">What <c>forward</c> returned.</param>
    /// <param name="targets">[B] class ids from 0 on, int64.</param>
    public abstract Tensor Losses(Tensor outputs, Tensor targets);

    /// <summary>The probability of each class, [B, K], for predictions and accuracies; the softmax of the outputs unless overridden.</summary>
    /// <param name="outputs">What <c>forward</c> returned.</param>
    public virtual Tensor Probabilities(Tensor outputs) => outputs.softmax(1);

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
