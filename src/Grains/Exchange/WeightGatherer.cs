using Granary.Grains.Channel;

namespace Granary.Grains.Exchange;

/// <summary>The all-gather: each block's new weights go from its owner to every other worker. Where the model is small, every worker
/// updates all of it and nothing is sent.</summary>
/// <param name="pass">The pass under way.</param>
/// <param name="wire">Sends and receives blocks.</param>
internal sealed unsafe class WeightGatherer<T>(ExchangePass<T> pass, BlockWire<T> wire)
    where T : unmanaged
{
    private int _missing;

    /// <summary>Whether the new weights of every other worker's slice are here.</summary>
    public bool IsComplete => _missing == 0;

    /// <summary>Begins a pass.</summary>
    public void Begin() => _missing = pass.Layout.Replicated ? 0 : pass.Layout.Blocks.Blocks - pass.Owned;

    /// <summary>Sends a block that has been updated here.</summary>
    public void Send(int block)
    {
        if (!pass.Layout.Replicated)
        {
            wire.SendToAll(pass.Header(FrameKind.Weights, block), Weights(block));
        }
    }

    /// <summary>Where a peer's block of new weights goes; 0 where none is expected.</summary>
    public nint Place(int peer, in FrameHeader header)
    {
        var (first, end) = pass.Layout.Owned(peer);
        return !pass.Layout.Replicated && wire.Fits(header, first, end) ? wire.Place(peer, Weights(header.Block)) : 0;
    }

    /// <summary>A block of new weights is here.</summary>
    public void Arrived() => _missing--;

    private T* Weights(int block) => (T*)pass.To.Weights.Data + pass.Layout.Blocks.Start(block);
}
