using Granary.Contracts;
using Granary.Grains;
using Granary.Grains.Checkpoints;
using Granary.Jobs;
using Granary.Silo;
using Granary.Silo.Storage;
using ShortZeros = Granary.Extensions.Tests.Stores.Reversed;

namespace Granary.Extensions.Tests.Snippets.OwnStoresPage;

/// <summary>docs/how-to/own-stores.md: compiled, so that the page stays true, and never run.</summary>
internal static class Program
{
    public static async Task<int> Run(string[] args)
    {
        return await SiloProgram.Run(args, silo => silo
            .AddCheckpointStore<BucketStore>()
            .AddClusterStore<MySqlStore>() // granary silo --store mysql
            .AddCodec<ShortZeros>());
    }
}

/// <summary>What a bucket of objects can do.</summary>
public interface IObjects
{
    void Put(string key, Stream content);

    Stream Get(string key);

    IEnumerable<string> Keys(string prefix);

    void Delete(string prefix);
}

public sealed class BucketStore(IObjects objects) : ICheckpointStore // what its constructor asks for comes from silo.Services
{
    public string Name => "bucket";

    public void Write(CheckpointId checkpoint, int part, Action<Stream> content)
    {
        using var file = new FileStream(Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1 << 20, FileOptions.DeleteOnClose);
        content(file);
        file.Position = 0;
        objects.Put(Key(checkpoint, part), file);
    }

    public Stream Open(CheckpointId checkpoint, int part) => objects.Get(Key(checkpoint, part));

    public IReadOnlyCollection<CheckpointId> List(string job) => [.. objects.Keys($"{job}/").Select(Parse).Distinct()];

    public void Remove(CheckpointId checkpoint) => objects.Delete($"{Folder(checkpoint)}/");

    private static string Folder(CheckpointId c) => $"{c.Job}/{c.Step}-{c.Generation}";

    private static string Key(CheckpointId c, int part) => $"{Folder(c)}/{part}";

    private static CheckpointId Parse(string key)
    {
        var parts = key.Split('/');
        var numbers = parts[1].Split('-');
        return new(parts[0], long.Parse(numbers[0], null), long.Parse(numbers[1], null));
    }
}

public sealed class MySqlStore : IClusterStore
{
    public string Name => "mysql";

    public void Configure(ISiloBuilder silo, ClusterStoreSettings settings)
    {
        var connection = Environment.GetEnvironmentVariable("MYSQL_CONNECTION") ?? throw new JobException("MYSQL_CONNECTION is not set: give it a connection string.");
        silo.UseAdoNetClustering(o => (o.Invariant, o.ConnectionString) = ("MySql.Data.MySqlConnector", connection));
        silo.AddAdoNetGrainStorageAsDefault(o => (o.Invariant, o.ConnectionString) = ("MySql.Data.MySqlConnector", connection));
        silo.UseAdoNetReminderService(o => (o.Invariant, o.ConnectionString) = ("MySql.Data.MySqlConnector", connection));
    }
}
