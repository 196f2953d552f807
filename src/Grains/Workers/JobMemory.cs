using Granary.Contracts;
using Granary.Grains.Versions;

namespace Granary.Grains.Workers;

/// <summary>What a silo remembers of a job from one generation to the next: versions of the model, and records.</summary>
internal sealed class JobMemory : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<IJobVault> _vaults = [];
    private bool _disposed;

    /// <summary>Records of committed steps.</summary>
    public RecordLog Log { get; } = new();

    /// <summary>How right the job's gradients are on this silo; null: not looked at yet.</summary>
    public GradientRecord? Checked { get; set; }

    /// <summary>Vaults, oldest first.</summary>
    public IReadOnlyList<IJobVault> Vaults
    {
        get
        {
            lock (_lock)
            {
                return [.. _vaults];
            }
        }
    }

    /// <summary>What they hold. Only while nothing trains on them.</summary>
    public IReadOnlyList<HeldVersion> Holdings() => [.. Vaults.SelectMany(v => v.Holdings())];

    /// <summary>A new generation's vault; the others stay until it stands.</summary>
    public void Add(IJobVault vault)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _vaults.Add(vault);
        }
    }

    /// <summary>Every member of the generation is ready: what was held for the ones before is not needed any more.</summary>
    public void Settle(IJobVault vault)
    {
        lock (_lock)
        {
            foreach (var other in _vaults.Where(v => v != vault))
            {
                other.Dispose();
            }

            _vaults.RemoveAll(v => v != vault);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _vaults.ForEach(v => v.Dispose());
            _vaults.Clear();
        }
    }
}
