using Granary.Contracts;
using Granary.Grains.Compute;
using Granary.Grains.Shards;
using Granary.Grains.Workers;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;

namespace Granary.Grains;

/// <summary>Adds Granary to any silo: grains, worker and wire format. Clustering, storage and reminders are the host's choice.</summary>
public static class GranarySilo
{
    /// <param name="builder">The silo.</param>
    /// <param name="identity">What this silo is and may use.</param>
    public static ISiloBuilder AddGranary(this ISiloBuilder builder, SiloIdentity identity)
    {
        builder.Services
            .AddSingleton(identity)
            .AddSingleton<ShardRegistry>()
            .AddSingleton<ReadingThreads>()
            .AddSingleton<IWorkerClient, WorkerClient>()
            .AddSingleton<Departure>()
            .AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(s => s.GetRequiredService<Departure>())
            .AddSingleton<IGrainStorageSerializer, OrleansGrainStorageSerializer>() // tolerates new fields; knows our types
            .AddGranarySerialization();
        return builder.AddGrainService<Worker>();
    }
}
