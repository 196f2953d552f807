using System.Numerics;
using Granary.Grains.Channel;

namespace Granary.Grains.Exchange;

/// <summary>The sender's side of the reduce-scatter: every block of this worker's gradient sums goes to the block's owner as soon as it is
/// final. Blocks of its own slice stay where they are.</summary>
internal sealed unsafe class SumSender<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ExchangePass<T> _pass;
    private readonly BlockWire<T> _wire;
    private readonly BlockReducer<T> _reducer;
    private readonly FinalBlocks<T> _final;
    private readonly PeerLink?[] _owners; // [block]; null: this worker
    private readonly Action<int, int> _send;

    /// <param name="pass">The pass under way.</param>
    /// <param name="mesh">Connections to the other workers.</param>
    /// <param name="wire">Sends blocks.</param>
    /// <param name="reducer">Takes the blocks of this worker's own slice.</param>
    public SumSender(ExchangePass<T> pass, PeerMesh mesh, BlockWire<T> wire, BlockReducer<T> reducer)
    {
        (_pass, _wire, _reducer, _send) = (pass, wire, reducer, Send);
        var layout = pass.Layout;
        _final = new FinalBlocks<T>(layout.Cover(pass.Self).Count, layout.Blocks);
        _owners = new PeerLink?[layout.Blocks.Blocks];
        foreach (var link in mesh.Links)
        {
            var (first, end) = layout.Replicated ? (0, 0) : layout.Owned(link.Peer);
            Array.Fill(_owners, link, first, end - first);
        }
    }

    /// <summary>Begins a pass.</summary>
    public void Begin() => _final.Begin();

    /// <summary>Sends what has become final since the last time.</summary>
    public void SendFinal() => _final.Advance(_pass.Sums, _send);

    private void Send(int part, int block)
    {
        var header = _pass.Header(FrameKind.Sum, block) with { Part = part, Weight = _pass.Sums.Weight(part) };
        var sum = _pass.Sums.Data(part) + _pass.Layout.Blocks.Start(block);
        if (_owners[block] is { } owner)
        {
            _wire.Send(owner, header, sum);
            return;
        }

        if (_pass.Layout.Replicated)
        {
            _wire.SendToAll(header, sum);
        }

        _reducer.AddOwn(part, block);
    }
}
