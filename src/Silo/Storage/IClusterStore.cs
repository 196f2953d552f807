using Granary.Jobs;

namespace Granary.Silo.Storage;

/// <summary>What a cluster store is told of the silo.</summary>
/// <param name="Home">Absolute path of the directory that the silo may write to (--home). It is there.</param>
/// <param name="Cluster">The cluster's id (--cluster). Silos with the same one form a cluster.</param>
/// <param name="Service">What grain state and reminders belong to (--service), over every cluster id.</param>
/// <param name="Redis">HOST:PORT, with options after commas (--redis). A password may be among them.</param>
/// <param name="Postgres">Connection string (--postgres); empty: none is given. A password may be in it.</param>
public sealed record ClusterStoreSettings(string Home, string Cluster, string Service, string Redis, string Postgres = "")
{
    /// <summary>Without addresses and passwords.</summary>
    public override string ToString() => $"cluster {Cluster}, service {Service}, home {Home}";
}

/// <summary>Where a cluster keeps who is in it, the state of its grains and its reminders. Chosen by <c>--store NAME</c> among those registered with
/// <see cref="ClusterStores.AddClusterStore{TStore}"/>: the same for every silo.</summary>
public interface IClusterStore
{
    /// <summary>What --store calls it: "sqlite".</summary>
    string Name { get; }

    /// <summary>Gives a silo clustering, the default grain storage and reminders. The storage must refuse a write that is based on an older version than the
    /// stored one: a generation is taken by such a write.</summary>
    /// <param name="silo">The silo. Cluster and service id are set.</param>
    /// <param name="settings">What the silo was started with. A store that needs more reads its own environment variables.</param>
    /// <exception cref="JobException">A setting cannot be used: the message says which, and what to do. The silo ends with it, and code 2.</exception>
    void Configure(ISiloBuilder silo, ClusterStoreSettings settings);

    /// <summary>What messages to users call it, where its silos cannot reach it: kind and place, without passwords. "PostgreSQL at db:5432".</summary>
    /// <param name="settings">What the silo was started with.</param>
    string Describe(ClusterStoreSettings settings) => $"the store {Name}";

    /// <summary>Makes in the store what its silos need there, such as tables: <c>granary store init</c>. Called by several at once, it does the work once.</summary>
    /// <param name="settings">What the command was started with.</param>
    /// <returns>What has been done, for people.</returns>
    /// <exception cref="JobException">It cannot be done: the message says why, and what to do.</exception>
    string Prepare(ClusterStoreSettings settings) => $"the store {Name} needs nothing made beforehand";
}
