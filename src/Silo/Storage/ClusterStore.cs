using Granary.Silo.Hosting;
using StackExchange.Redis;

namespace Granary.Silo.Storage;

/// <summary>Where membership, grain state and reminders are kept, by setting.</summary>
internal static class ClusterStore
{
    public static void Add(ISiloBuilder orleans, SiloSettings settings)
    {
        if (settings.Store == "redis")
        {
            var options = ConfigurationOptions.Parse(settings.Redis);
            orleans.UseRedisClustering(o => o.ConfigurationOptions = options);
            orleans.AddRedisGrainStorageAsDefault(o => o.ConfigurationOptions = options);
            orleans.UseRedisReminderService(o => o.ConfigurationOptions = options);
            return;
        }

        // Two files: a process frozen inside a transaction on one must not hold up the other.
        var membership = SqliteStore.Create(Path.Combine(settings.Home, "membership.db"), SqliteMembership.Script);
        var jobs = SqliteStore.Create(Path.Combine(settings.Home, "jobs.db"), SqliteGrainState.Script + SqliteReminders.Script, seconds: 3); // a job then says soon that its state is not stored
        orleans.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(new OneAtATime(Path.Combine(settings.Home, "membership.lock")));
        orleans.UseAdoNetClustering(o => (o.Invariant, o.ConnectionString) = (SqliteStore.Invariant, membership));
        orleans.AddAdoNetGrainStorageAsDefault(o => (o.Invariant, o.ConnectionString) = (SqliteStore.Invariant, jobs));
        orleans.UseAdoNetReminderService(o => (o.Invariant, o.ConnectionString) = (SqliteStore.Invariant, jobs));
    }
}
