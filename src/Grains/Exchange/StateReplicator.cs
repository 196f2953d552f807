using Granary.Grains.Channel;
using Granary.Grains.ModelState;

namespace Granary.Grains.Exchange;

/// <summary>Replicas: in some steps the optimiser state of version t goes from each slice's owner to the next worker, which could take over
/// from there. Version t is not written to before the step is done, and the step is not done before the state has been sent: no copy
/// is needed.</summary>
/// <param name="pass">The pass under way.</param>
/// <param name="mesh">Connections to the other workers.</param>
/// <param name="wire">Sends and receives blocks.</param>
internal sealed unsafe class StateReplicator<T>(ExchangePass<T> pass, PeerMesh mesh, BlockWire<T> wire)
    where T : unmanaged
{
    private StateSlice<T>? _replica;
    private int _missing;

    /// <summary>Whether the replica held here is whole, or none is wanted.</summary>
    public bool IsComplete => _missing == 0;

    /// <summary>Begins a pass.</summary>
    /// <param name="replica">Receives version t of another worker's state; null: this pass replicates nothing.</param>
    public void Begin(StateSlice<T>? replica)
    {
        _replica = replica;
        _missing = replica is null ? 0 : (replica.Blocks.End - replica.Blocks.First) * replica.PerWeight;
    }

    /// <summary>Sends the state of this worker's slice, where this pass replicates.</summary>
    public void Send()
    {
        if (_replica is null)
        {
            return;
        }

        var link = mesh.LinkTo(pass.Layout.ReplicaHolderOf(pass.Self));
        for (var block = pass.First; block < pass.End; block++)
        {
            for (var vector = 0; vector < pass.From.Own.PerWeight; vector++)
            {
                wire.Send(link, pass.Header(FrameKind.State, block) with { Part = vector }, pass.From.Own.At(vector, block));
            }
        }
    }

    /// <summary>Where a peer's block of state goes; 0 where none is expected.</summary>
    public nint Place(int peer, in FrameHeader header) =>
        _replica is { } replica && peer == pass.Layout.ReplicaSourceOf(pass.Self)
            && wire.Fits(header, replica.Blocks.First, replica.Blocks.End) && (uint)header.Part < (uint)replica.PerWeight
            ? wire.Place(peer, replica.At(header.Part, header.Block))
            : 0;

    /// <summary>A block of state is here.</summary>
    public void Arrived() => _missing--;
}
