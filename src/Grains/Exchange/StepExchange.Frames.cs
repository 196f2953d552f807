using Granary.Grains.Channel;

namespace Granary.Grains.Exchange;

/// <content>What comes in, and what that leaves to do.</content>
internal sealed unsafe partial class StepExchange<T> : IFrameSink
{
    /// <inheritdoc/>
    /// <remarks>One block at a time: what others wait for is sent before the next.</remarks>
    public bool Work()
    {
        TakeOwn();
        if (!_complete.TryDequeue(out var block))
        {
            return false;
        }

        Average(block);
        FinishClipping();
        return true;
    }

    private bool IsDone() =>
        _recordsTaken && _ownedUpdated == _arrived.Length && _weightsMissing == 0 && _records.AreComplete && _replicaMissing == 0
        && Array.TrueForAll(_mesh.Links, l => !l.HasOutgoing);

    /// <inheritdoc/>
    public nint Place(int peer, in FrameHeader header)
    {
        if (header.Generation != _generation || header.Step < _step || (header.Step == _step && header.Pass < _pass))
        {
            throw new ChannelException(
                peer,
                $"it sent step {header.Step}.{header.Pass} of generation {header.Generation}; this is step {_step}.{_pass} of generation {_generation}");
        }

        if (header.Step > _step || header.Pass > _pass)
        {
            return 0;
        }

        var (first, end) = _layout.Owned(peer);
        var place = header.Kind switch
        {
            FrameKind.Sum when header.Block >= _firstOwned && header.Block < _endOwned
                && _contributions.PlaceOf(peer, header.Part) >= 0 && header.Length == _layout.Blocks.Length(header.Block) * sizeof(T)
                => Received(header.Block, _contributions.PlaceOf(peer, header.Part)) = (nint)_buffers.Rent(),
            FrameKind.Weights when !_layout.Replicated && header.Block >= first && header.Block < end
                && header.Length == _layout.Blocks.Length(header.Block) * sizeof(T)
                => (nint)((T*)_to.Weights.Data + _layout.Blocks.Start(header.Block)),
            FrameKind.Norms when _clip is not null && !_layout.Replicated && header.Block == first
                && header.Length == (end - first) * sizeof(double)
                => (nint)_clip.Slot(first),
            FrameKind.Records => _records.Place(peer, header.Length),
            FrameKind.State when _replica is not null && peer == _layout.ReplicaSourceOf(_self)
                && header.Block >= _replica.Blocks.First && header.Block < _replica.Blocks.End && (uint)header.Part < (uint)_replica.PerWeight
                && header.Length == _layout.Blocks.Length(header.Block) * sizeof(T)
                => (nint)_replica.At(header.Part, header.Block),
            _ => (nint)0,
        };
        return place != 0 && _had.Add((peer, header.Kind, header.Part, header.Block)) ? place : throw new ChannelException(
            peer, $"it sent a frame that this member has no place for, or has had before ({header.Kind}, block {header.Block}, part {header.Part}, {header.Length} bytes)");
    }

    /// <inheritdoc/>
    public void Arrived(int peer, in FrameHeader header)
    {
        switch (header.Kind)
        {
            case FrameKind.Sum:
                _contributionWeights[_contributions.PlaceOf(peer, header.Part)] = header.Weight;
                if (Contributed(header.Block))
                {
                    Average(header.Block); // while it lies in the cache
                }

                break;
            case FrameKind.Weights:
                _weightsMissing--;
                break;
            case FrameKind.Records:
                _records.Arrived(peer, header.Length);
                break;
            case FrameKind.State:
                _replicaMissing--;
                break;
            default:
                _clip!.SetBlocks(header.Length / sizeof(double));
                break;
        }

        FinishClipping();
    }
}
