using Granary.Grains.Channel;
using Granary.Grains.Checkpoints;
using Granary.Jobs;
using Granary.Silo.Storage;

namespace Granary.Extensions.Tests.Stores;

/// <summary>A cluster store that looks at the silo it is given, and refuses its settings.</summary>
internal sealed class Nowhere : IClusterStore
{
    public string Name => "nowhere";

    public void Configure(ISiloBuilder silo, ClusterStoreSettings settings)
    {
        var extensions = silo.Services.Where(s => s.ServiceType == typeof(IBlockCodec) || s.ServiceType == typeof(ICheckpointStore))
            .Select(s => s.ImplementationType?.Name);
        throw new JobException($"nowhere: silos of {settings.Cluster} cannot meet under {settings.Home}; they have {string.Join(" and ", extensions)}.");
    }
}
