namespace Granary.Silo.Storage;

/// <summary>The embedded store: files under the silo's home, for clusters of one machine.</summary>
internal sealed class SqliteClusterStore : IClusterStore
{
    /// <summary>The file in the home that says who is in the cluster.</summary>
    public const string Membership = "membership.db";

    /// <summary>The one with the grains' state and reminders.</summary>
    public const string Jobs = "jobs.db";

    /// <inheritdoc/>
    public string Name => "sqlite";

    /// <inheritdoc/>
    public string Describe(ClusterStoreSettings settings) => "SQLite in " + settings.Home;

    /// <inheritdoc/>
    public void Configure(ISiloBuilder silo, ClusterStoreSettings settings)
    {
        // Two files: a process frozen inside a transaction on one must not hold up the other.
        var membership = SqliteStore.Create(Path.Combine(settings.Home, Membership), SqliteMembership.Script);
        var jobs = SqliteStore.Create(Path.Combine(settings.Home, Jobs), SqliteGrainState.Script + SqliteReminders.Script, seconds: 3); // a job then says soon that its state is not stored
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(new OneAtATime(Path.Combine(settings.Home, "membership.lock")));
        silo.UseAdoNetClustering(o => (o.Invariant, o.ConnectionString) = (SqliteStore.Invariant, membership));
        silo.AddAdoNetGrainStorageAsDefault(o => (o.Invariant, o.ConnectionString) = (SqliteStore.Invariant, jobs));
        silo.UseAdoNetReminderService(o => (o.Invariant, o.ConnectionString) = (SqliteStore.Invariant, jobs));
    }
}
