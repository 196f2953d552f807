using Granary.Contracts;
using Granary.Grains.Channel;
using Granary.Grains.Checkpoints;
using Granary.Grains.Compute;
using Granary.Grains.Faults;
using Granary.Grains.Liveness;
using Granary.Grains.Shards;
using Granary.Grains.Storage;
using Granary.Grains.Workers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;
using Orleans.Runtime.Hosting;
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
            .AddSingleton(new SiloFaults(TimeProvider.System))
            .AddSingleton<ShardRegistry>()
            .AddSingleton<ReadingThreads>()
            .AddSingleton<Evaluations.SavedModels>()
            .AddSingleton<IWorkerClient, WorkerClient>()
            .AddSingleton(new Patience(TimeProvider.System))
            .AddSingleton(new CallerPatience(TimeSpan.FromMinutes(2)))
            .AddSingleton<FailureDetection>()
            .AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(s => s.GetRequiredService<FailureDetection>())
            .AddSingleton<IHealthCheckParticipant>(s => s.GetRequiredService<FailureDetection>())
            .AddSingleton<JobTable>()
            .AddSingleton<AssignedShards>()
            .AddSingleton<PeerWatch>()
            .AddSingleton<SiloCondition>()
            .AddSingleton<SiloMeans>()
            .AddSingleton<SessionStarter>()
            .AddSingleton(s => new LossWatch(
                s.GetRequiredService<IClusterMembershipService>().MembershipUpdates,
                () => s.GetRequiredService<JobTable>().Ids,
                job => s.GetRequiredService<IGrainFactory>().GetGrain<ICoordinatorGrain>(job).Status(int.MaxValue)))
            .AddSingleton<Departure>()
            .AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(s => s.GetRequiredService<Departure>())
            .AddSingleton<OrleansGrainStorageSerializer>() // tolerates new fields; knows our types
            .AddSingleton<IGrainStorageSerializer>(s => new FaultyStorageSerializer(
                new VersionedStateSerializer(s.GetRequiredService<OrleansGrainStorageSerializer>()), s.GetRequiredService<SiloFaults>()))
            .AddGranarySerialization();
        builder.Services.TryAddSingleton<IBlockCodec>(IdentityCodec.Instance);
        builder.Services.TryAddSingleton<ICheckpointStore, DirectoryStore>();
        builder.Services.Configure<ClusterMembershipOptions>(FailureDetection.Fast);
        return builder.AddGrainDirectory(LocalGrainDirectory.Name, (_, _) => new LocalGrainDirectory()).AddGrainService<Worker>();
    }

    /// <summary>Has workers encode blocks by a codec of one's own. Every silo of a cluster must have the same.</summary>
    /// <typeparam name="TCodec">The codec: lossless, and without state from block to block.</typeparam>
    /// <param name="builder">The silo; before or after <see cref="AddGranary"/>.</param>
    public static ISiloBuilder AddCodec<TCodec>(this ISiloBuilder builder)
        where TCodec : class, IBlockCodec
    {
        builder.Services.Replace(ServiceDescriptor.Singleton<IBlockCodec, TCodec>());
        return builder;
    }

    /// <summary>Has checkpoints kept in a store of one's own, in the place of the directory that <see cref="SiloIdentity.Checkpoints"/> names. Every silo of a
    /// cluster must have the same.</summary>
    /// <typeparam name="TStore">The store. Its constructor may ask for services: <see cref="SiloIdentity"/>, or what the program has registered.</typeparam>
    /// <param name="builder">The silo; before or after <see cref="AddGranary"/>.</param>
    public static ISiloBuilder AddCheckpointStore<TStore>(this ISiloBuilder builder)
        where TStore : class, ICheckpointStore
    {
        builder.Services.Replace(ServiceDescriptor.Singleton<ICheckpointStore, TStore>());
        return builder;
    }
}
