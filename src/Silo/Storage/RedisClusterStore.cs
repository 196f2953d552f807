using StackExchange.Redis;

namespace Granary.Silo.Storage;

/// <summary>Redis, for clusters of several machines.</summary>
internal sealed class RedisClusterStore : IClusterStore
{
    /// <inheritdoc/>
    public string Name => "redis";

    /// <inheritdoc/>
    public void Configure(ISiloBuilder silo, ClusterStoreSettings settings)
    {
        var options = ConfigurationOptions.Parse(settings.Redis);
        silo.UseRedisClustering(o => o.ConfigurationOptions = options);
        silo.AddRedisGrainStorageAsDefault(o => o.ConfigurationOptions = options);
        silo.UseRedisReminderService(o => o.ConfigurationOptions = options);
    }
}
