using System.Diagnostics;
using System.Numerics;
using System.Numerics.Tensors;
using Granary.Grains.Channel;
using Granary.Jobs;

namespace Granary.Grains.Exchange;

/// <summary>Clipping by the global norm, over this worker's slice: blocks are averaged as they complete, their squared norms go to every
/// other worker, and no block is updated before all norms are known.</summary>
internal sealed unsafe class SliceClipper<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ExchangePass<T> _pass;
    private readonly PeerMesh _mesh;
    private readonly BlockReducer<T> _reducer;
    private readonly SliceUpdater<T> _updater;
    private readonly GradientClip _clip;
    private readonly NativeVector<T> _averages; // of the slice

    /// <param name="pass">The pass under way.</param>
    /// <param name="mesh">Connections to the other workers.</param>
    /// <param name="reducer">Says how many blocks have been reduced.</param>
    /// <param name="updater">Averages and updates.</param>
    /// <param name="clipNorm">The greatest norm.</param>
    public SliceClipper(ExchangePass<T> pass, PeerMesh mesh, BlockReducer<T> reducer, SliceUpdater<T> updater, double clipNorm)
    {
        (_pass, _mesh, _reducer, _updater) = (pass, mesh, reducer, updater);
        _clip = new GradientClip(clipNorm, pass.Layout);
        _averages = new NativeVector<T>(pass.Layout.Blocks.Length((pass.First, pass.End)));
    }

    /// <summary>Whether all norms are known and the slice still waits for its update.</summary>
    public bool IsDue => _clip.Complete && _updater.Updated < _pass.Owned;

    /// <summary>The factor on the gradient, once all norms are known.</summary>
    public T Factor => T.CreateChecked(_clip.Factor());

    /// <summary>The global norm before clipping, once a pass is over: weights come after the norms that they were clipped by.</summary>
    public double Norm => _clip.Norm();

    /// <summary>Begins a pass.</summary>
    public void Begin() => _clip.Begin();

    /// <summary>Averages a complete block. With the last one this worker's norms go out.</summary>
    /// <exception cref="NonFiniteException">An average is not finite.</exception>
    public void Average(int block)
    {
        var averages = Averages(block);
        _updater.Average(block, averages);
        _clip.SetBlock(block, GradientClip.SquaredNorm<T>(averages));
        if (_reducer.Reduced == _pass.Owned && !_pass.Layout.Replicated)
        {
            SendNorms();
        }
    }

    /// <summary>Clips a block's average and updates the block.</summary>
    /// <exception cref="NonFiniteException">A new weight is not finite.</exception>
    public void Update(int block, T factor)
    {
        var began = Stopwatch.GetTimestamp();
        var gradient = Averages(block);
        if (factor != T.One)
        {
            TensorPrimitives.Multiply(gradient, factor, gradient);
        }

        _updater.Update(block, gradient, began);
    }

    /// <summary>Where a peer's norms go; 0 where none are expected.</summary>
    public nint Place(int peer, in FrameHeader header)
    {
        var (first, end) = _pass.Layout.Owned(peer);
        return !_pass.Layout.Replicated && header.Block == first && header.Length == (end - first) * sizeof(double) ? (nint)_clip.Slot(first) : 0;
    }

    /// <summary>A peer's norms are here.</summary>
    public void Arrived(in FrameHeader header) => _clip.SetBlocks(header.Length / sizeof(double));

    private Span<T> Averages(int block) => _averages.Span((long)(block - _pass.First) * BlockPlan.BlockSize, _pass.Layout.Blocks.Length(block));

    private void SendNorms()
    {
        foreach (var link in _mesh.Links)
        {
            link.Enqueue(_pass.Header(FrameKind.Norms, _pass.First) with { Length = _pass.Owned * sizeof(double) }, _clip.Slot(_pass.First));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _averages.Dispose();
        _clip.Dispose();
    }
}
