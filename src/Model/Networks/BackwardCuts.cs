using static TorchSharp.torch;

namespace Granary.Model.Networks;

/// <summary>Places where a backward pass pauses. A network's graph is cut there in two, and the pass goes through one part after the other,
/// by the same operations on the same numbers as through the whole.</summary>
public sealed class BackwardCuts
{
    private readonly Stack<(Tensor Before, Tensor After, int First)> _cuts = new();

    /// <summary>Cuts between what <paramref name="x"/> was made of and what will be made of it.</summary>
    /// <param name="x">All that goes on from what has been computed.</param>
    /// <param name="first">No parameter from this one on has been used yet, and none will have been for anything but what follows.</param>
    /// <returns>x, to go on with.</returns>
    internal Tensor Here(Tensor x, int first)
    {
        if (!x.requires_grad)
        {
            return x; // nothing before it is trained: the pass has no way on from here
        }

        var after = x.detach().requires_grad_();
        _cuts.Push((x, after, first));
        return after;
    }

    /// <summary>The backward pass.</summary>
    /// <param name="loss">A scalar.</param>
    /// <param name="pause">Called at each cut: the gradients of the parameters from that number on are final.</param>
    internal void Backward(Tensor loss, Action<int> pause)
    {
        loss.backward();
        while (_cuts.TryPop(out var cut))
        {
            pause(cut.First);
            using var gradient = cut.After.grad!;
            cut.Before.backward([gradient]);
            cut.After.grad = null; // not kept until the end of the pass: one of each layer would be
        }
    }
}
