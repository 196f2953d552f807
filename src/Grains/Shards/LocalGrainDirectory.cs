using System.Collections.Concurrent;
using Orleans.GrainDirectory;

namespace Granary.Grains.Shards;

/// <summary>A grain directory for grains that only their own silo ever calls. It makes no remote call: in the cluster's directory, looking one
/// up took ten seconds where silos that keep parts of it had died one after the other.</summary>
internal sealed class LocalGrainDirectory : IGrainDirectory
{
    public const string Name = "local";

    private readonly ConcurrentDictionary<GrainId, GrainAddress> _known = new();

    /// <inheritdoc/>
    public Task<GrainAddress?> Register(GrainAddress address) => Task.FromResult<GrainAddress?>(_known.GetOrAdd(address.GrainId, address));

    /// <inheritdoc/>
    public Task<GrainAddress?> Lookup(GrainId grainId) => Task.FromResult(_known.GetValueOrDefault(grainId));

    /// <inheritdoc/>
    public Task Unregister(GrainAddress address)
    {
        if (_known.TryGetValue(address.GrainId, out var known) && known.ActivationId == address.ActivationId)
        {
            _known.TryRemove(KeyValuePair.Create(address.GrainId, known));
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task UnregisterSilos(List<SiloAddress> siloAddresses) => Task.CompletedTask; // there is none but this one
}
