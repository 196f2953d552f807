using System.Numerics;
using Granary.Grains.Channel;

namespace Granary.Grains.Exchange;

/// <summary>Decides where the payload of each frame of a pass goes, and refuses frames that no part of the pass expects, or has had.</summary>
/// <param name="pass">The pass under way.</param>
/// <param name="wire">Decodes blocks.</param>
/// <param name="reducer">Expects sums.</param>
/// <param name="clipper">Expects norms; null: the job does not clip.</param>
/// <param name="weights">Expects new weights.</param>
/// <param name="records">Expects records.</param>
/// <param name="replicator">Expects optimiser state.</param>
internal sealed class FrameRouter<T>(
    ExchangePass<T> pass, BlockWire<T> wire, BlockReducer<T> reducer, SliceClipper<T>? clipper, WeightGatherer<T> weights,
    RecordGatherer<T> records, StateReplicator<T> replicator)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly HashSet<(int Peer, FrameKind Kind, int Part, int Block)> _had = [];

    /// <summary>Begins a pass.</summary>
    public void Begin() => _had.Clear();

    /// <summary>Where a frame's payload goes; 0: it is of a later pass, and waits.</summary>
    /// <exception cref="ChannelException">The frame cannot be right.</exception>
    public nint Place(int peer, in FrameHeader header)
    {
        if (header.Generation != pass.Generation || header.Step < pass.Step || (header.Step == pass.Step && header.Pass < pass.Number))
        {
            throw new ChannelException(
                peer,
                $"it sent step {header.Step}.{header.Pass} of generation {header.Generation}; this is step {pass.Step}.{pass.Number} of generation {pass.Generation}");
        }

        if (header.Step > pass.Step || header.Pass > pass.Number)
        {
            return 0;
        }

        var place = header.Kind switch
        {
            FrameKind.Sum => reducer.Place(peer, header),
            FrameKind.Weights => weights.Place(peer, header),
            FrameKind.Norms => clipper?.Place(peer, header) ?? 0,
            FrameKind.Records => records.Place(peer, header),
            FrameKind.State => replicator.Place(peer, header),
            _ => (nint)0,
        };
        return place != 0 && _had.Add((peer, header.Kind, header.Part, header.Block)) ? place : throw new ChannelException(
            peer, $"it sent a frame that this member has no place for, or has had before ({header.Kind}, block {header.Block}, part {header.Part}, {header.Length} bytes)");
    }

    /// <summary>Hands a whole frame to the part that expects it. Returns whether a block of this worker's slice is complete by it.</summary>
    public bool Arrived(int peer, in FrameHeader header)
    {
        if (header.Kind is FrameKind.Sum or FrameKind.Weights or FrameKind.State)
        {
            wire.Arrived(peer, header);
        }

        switch (header.Kind)
        {
            case FrameKind.Sum:
                return reducer.Arrived(peer, header);
            case FrameKind.Weights:
                weights.Arrived();
                return false;
            case FrameKind.Records:
                records.Arrived(peer, header);
                return false;
            case FrameKind.State:
                replicator.Arrived();
                return false;
            default:
                clipper!.Arrived(header);
                return false;
        }
    }
}
