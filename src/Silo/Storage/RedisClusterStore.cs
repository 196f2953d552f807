using Granary.Jobs;
using StackExchange.Redis;

namespace Granary.Silo.Storage;

/// <summary>Redis, for clusters of several machines. Its address may be followed by options, as StackExchange.Redis knows them: ssl=true, user=..., password=...</summary>
internal sealed class RedisClusterStore : IClusterStore
{
    // Milliseconds, for a handshake of TLS where all cores compute; a server that is not there is noticed at once.
    private const int BusyMachine = 15_000;

    /// <inheritdoc/>
    public string Name => "redis";

    /// <inheritdoc/>
    public string Describe(ClusterStoreSettings settings) => "Redis at " + string.Join(',', Options(settings.Redis).EndPoints.Select(EndPointCollection.ToString));

    /// <inheritdoc/>
    public void Configure(ISiloBuilder silo, ClusterStoreSettings settings)
    {
        var options = Options(settings.Redis);
        silo.UseRedisClustering(o => o.ConfigurationOptions = options);
        silo.AddRedisGrainStorageAsDefault(o => o.ConfigurationOptions = options);
        silo.UseRedisReminderService(o => o.ConfigurationOptions = options);
    }

    private static ConfigurationOptions Options(string text)
    {
        try
        {
            var options = ConfigurationOptions.Parse(text);
            options.ConnectTimeout = text.Contains("connectTimeout", StringComparison.OrdinalIgnoreCase) ? options.ConnectTimeout : BusyMachine;
            return options;
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            // What is wrong with it may be a part of the password: it is not repeated.
            throw new JobException("--redis (GRANARY_REDIS) cannot be read: give it as HOST:PORT, or HOST:PORT,ssl=true,user=...,password=...");
        }
    }
}
