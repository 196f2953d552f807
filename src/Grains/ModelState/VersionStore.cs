using Granary.Contracts;
using Granary.Grains.Exchange;
using Granary.Jobs;
using Granary.Model.Networks;

namespace Granary.Grains.ModelState;

/// <summary>What one silo holds of a job's model; outlives the generation it was made for, until another one stands.</summary>
internal interface IVersionStore : IDisposable
{
    /// <summary>Versions held, whole or in part. Only while nothing trains on them.</summary>
    IReadOnlyList<HeldVersion> HeldVersions();
}

/// <inheritdoc cref="IVersionStore"/>
/// <remarks>A step reads the current version and writes the next: one that does not complete leaves version t whole. A
/// version with a replica is not written over but set aside, without a copy, until there are two newer ones with a replica:
/// the newest may not be complete on every member yet.</remarks>
internal sealed class VersionStore<T> : IVersionStore
    where T : unmanaged
{
    private const int KeptVersions = 2;

    private readonly Func<ModelVersion<T>> _make;
    private readonly Func<StateSlice<T>> _makeReplica;
    private readonly List<ModelVersion<T>> _kept = [];
    private readonly Stack<ModelVersion<T>> _free = new();
    private readonly Stack<StateSlice<T>> _freeReplicas = new();

    /// <param name="shape">The network's parameters.</param>
    /// <param name="precision">Of all of them.</param>
    /// <param name="layout">Who owns what.</param>
    /// <param name="self">This member's place.</param>
    /// <param name="statePerWeight">Numbers of optimiser state per weight.</param>
    public VersionStore(IReadOnlyList<ParameterShape> shape, Precision precision, ExchangeLayout layout, int self, int statePerWeight)
    {
        _make = () => new ModelVersion<T>(
            new FlatTensor(shape, precision), new StateSlice<T>(layout.Blocks, layout.Owned(self), statePerWeight));
        _makeReplica = () => new StateSlice<T>(layout.Blocks, layout.Owned(layout.ReplicaSourceOf(self)), statePerWeight);
        (Current, Next) = (_make(), _make());
    }

    /// <summary>The committed version.</summary>
    public ModelVersion<T> Current { get; private set; }

    /// <summary>The version being written.</summary>
    public ModelVersion<T> Next { get; private set; }

    /// <summary>The next version becomes the current one. The one before is set aside if it has a replica.</summary>
    public void Commit()
    {
        var before = Current;
        Current = Next;
        if (before.Replica is null)
        {
            Next = before;
            return;
        }

        _kept.Add(before);
        if (_kept.Count > KeptVersions)
        {
            _freeReplicas.Push(_kept[0].Replica!);
            _kept[0].Replica = null;
            _free.Push(_kept[0]);
            _kept.RemoveAt(0);
        }

        Next = _free.TryPop(out var free) ? free : _make();
    }

    /// <summary>Memory for the replica that this member holds, at the current version.</summary>
    public StateSlice<T> MakeReplica() => Current.Replica ??= _freeReplicas.TryPop(out var free) ? free : _makeReplica();

    /// <summary>Room for a version that takes no part in training; the caller disposes of it.</summary>
    public ModelVersion<T> MakeApart() => _make();

    /// <summary>The step under way will not be completed: a replica that it has begun to receive is dropped.</summary>
    public void Abandon()
    {
        Current.Replica?.Dispose();
        Current.Replica = null;
    }

    /// <inheritdoc/>
    public IReadOnlyList<HeldVersion> HeldVersions() =>
        [.. _kept.Append(Current).Append(Next).Where(v => v.HasWeights || v.HasState).Select(Held)];

    private static HeldVersion Held(ModelVersion<T> version)
    {
        var state = new List<BlockRange>();
        if (version.HasState)
        {
            state.Add(version.Own.Blocks);
        }

        if (version.Replica is { } replica)
        {
            state.Add(replica.Blocks);
        }

        return new HeldVersion(version.Step, version.HasWeights, state);
    }

    /// <summary>The version of a step; null when it is not held.</summary>
    public ModelVersion<T>? Find(long step) =>
        _kept.Append(Current).Append(Next).FirstOrDefault(v => v.Step == step && (v.HasWeights || v.HasState));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var version in _kept.Concat(_free).Append(Current).Append(Next))
        {
            version.Dispose();
        }

        foreach (var replica in _freeReplicas)
        {
            replica.Dispose();
        }
    }
}
