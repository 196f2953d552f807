using Granary.Contracts;
using Granary.Grains.Exchange;
using Granary.Jobs;
using Granary.Model.Networks;

namespace Granary.Grains.Versions;

/// <summary>What one silo holds of a job's model; outlives the generation it was made for, until another one stands.</summary>
internal interface IJobVault : IDisposable
{
    /// <summary>Versions held, whole or in part. Only while nothing trains on them.</summary>
    IReadOnlyList<HeldVersion> Holdings();
}

/// <inheritdoc cref="IJobVault"/>
/// <remarks>A step reads the current version and writes the next: one that does not complete leaves version t whole. A
/// version that has been kept is not written over but set aside, at no cost, until two newer ones have been kept: the
/// newest may not be complete with every member yet.</remarks>
internal sealed class JobVault<T> : IJobVault
    where T : unmanaged
{
    private const int KeptVersions = 2;

    private readonly Func<ModelVersion<T>> _make;
    private readonly Func<StateSlice<T>> _makeWard;
    private readonly List<ModelVersion<T>> _kept = [];
    private readonly Stack<ModelVersion<T>> _free = new();
    private readonly Stack<StateSlice<T>> _freeWards = new();

    /// <param name="shape">The network's parameters.</param>
    /// <param name="precision">Of all of them.</param>
    /// <param name="layout">Who owns what.</param>
    /// <param name="self">This member's place.</param>
    /// <param name="statePerWeight">Numbers of optimiser state per weight.</param>
    public JobVault(IReadOnlyList<ParameterShape> shape, Precision precision, ExchangeLayout layout, int self, int statePerWeight)
    {
        _make = () => new ModelVersion<T>(
            new FlatTensor(shape, precision), new StateSlice<T>(layout.Blocks, layout.Owned(self), statePerWeight));
        _makeWard = () => new StateSlice<T>(layout.Blocks, layout.Owned(layout.WardOf(self)), statePerWeight);
        (Current, Next) = (_make(), _make());
    }

    /// <summary>The committed version.</summary>
    public ModelVersion<T> Current { get; private set; }

    /// <summary>The version being written.</summary>
    public ModelVersion<T> Next { get; private set; }

    /// <summary>The next version becomes the current one. The one before is set aside when it has been kept.</summary>
    public void Commit()
    {
        var before = Current;
        Current = Next;
        if (before.Ward is null)
        {
            Next = before;
            return;
        }

        _kept.Add(before);
        if (_kept.Count > KeptVersions)
        {
            _freeWards.Push(_kept[0].Ward!);
            _kept[0].Ward = null;
            _free.Push(_kept[0]);
            _kept.RemoveAt(0);
        }

        Next = _free.TryPop(out var free) ? free : _make();
    }

    /// <summary>Room for the state that this member is the backup of, at the current version.</summary>
    public StateSlice<T> MakeWard() => Current.Ward ??= _freeWards.TryPop(out var free) ? free : _makeWard();

    /// <summary>Room for a version that takes no part in training; the caller disposes of it.</summary>
    public ModelVersion<T> MakeApart() => _make();

    /// <summary>The step under way will not be completed: what it has begun to keep is worth nothing.</summary>
    public void Abandon()
    {
        Current.Ward?.Dispose();
        Current.Ward = null;
    }

    /// <inheritdoc/>
    public IReadOnlyList<HeldVersion> Holdings() =>
        [.. _kept.Append(Current).Append(Next).Where(v => v.HasWeights || v.HasState).Select(Held)];

    private static HeldVersion Held(ModelVersion<T> version)
    {
        var state = new List<BlockRange>();
        if (version.HasState)
        {
            state.Add(version.Own.Blocks);
        }

        if (version.Ward is { } ward)
        {
            state.Add(ward.Blocks);
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

        foreach (var ward in _freeWards)
        {
            ward.Dispose();
        }
    }
}
