using Granary.Contracts;
using Granary.Grains.ModelState;

namespace Granary.Grains.Workers;

/// <summary>What a silo keeps of a job from one generation to the next: versions of the model, and records.</summary>
internal sealed class JobMemory : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<IVersionStore> _stores = [];
    private bool _disposed;

    /// <summary>Records of committed steps.</summary>
    public RecordLog Log { get; } = new();

    /// <summary>Result of the gradient check on this silo; null: not made yet.</summary>
    public GradientRecord? Checked { get; set; }

    /// <summary>Stores, oldest first.</summary>
    public IReadOnlyList<IVersionStore> Stores
    {
        get
        {
            lock (_lock)
            {
                return [.. _stores];
            }
        }
    }

    /// <summary>What they hold. Only while nothing trains on them.</summary>
    public IReadOnlyList<HeldVersion> HeldVersions() => [.. Stores.SelectMany(v => v.HeldVersions())];

    /// <summary>A new generation's store; the others stay until it stands.</summary>
    public void Add(IVersionStore store)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _stores.Add(store);
        }
    }

    /// <summary>Every member of the generation is ready: what was held for the ones before is not needed any more.</summary>
    public void Settle(IVersionStore store)
    {
        lock (_lock)
        {
            foreach (var other in _stores.Where(v => v != store))
            {
                other.Dispose();
            }

            _stores.RemoveAll(v => v != store);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _stores.ForEach(v => v.Dispose());
            _stores.Clear();
        }
    }
}
