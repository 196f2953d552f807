using System.CommandLine;
using Granary.Silo.Storage;
using Granary.Silo.Storage.Postgres;

namespace Granary.Silo.Commands;

/// <summary><c>store init</c>: makes in a cluster's store what its silos need there.</summary>
internal static class StoreCommand
{
    private const string Init = "init";

    /// <param name="configure">Adds the extensions of the silo's program, stores of its own among them, to a silo.</param>
    public static Command Create(Action<ISiloBuilder> configure)
    {
        var action = new Argument<string>("action");
        action.AcceptOnlyFromAmong(Init);
        var (store, redis, postgres) = StoreOptions.Create();
        return new Command("store", "Makes in a cluster's store what its silos need there.") { action, store, redis, postgres }.Does(result =>
        {
            var chosen = Known(configure, result.GetValue(store)!);
            Console.Out.WriteLine(chosen.Prepare(new ClusterStoreSettings(
                Environment.CurrentDirectory, "", "", StoreOptions.Redis(result, redis), StoreOptions.Postgres(result, postgres))));
        });
    }

    // No silo is built: its builder is where programs register their stores.
    private static IClusterStore Known(Action<ISiloBuilder> configure, string name)
    {
        IClusterStore? chosen = null;
        Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings()).UseOrleans(silo =>
        {
            configure(silo.AddClusterStore<SqliteClusterStore>().AddClusterStore<RedisClusterStore>().AddClusterStore<PostgresClusterStore>());
            chosen = ClusterStores.Choose(silo.Services, name);
        });
        return chosen!;
    }
}
