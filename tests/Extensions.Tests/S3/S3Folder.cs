using System.Globalization;
using System.IO.Compression;
using System.Text;
using Granary.Jobs;
using Granary.Silo.Storage.S3;
using Granary.Tests.Support;

namespace Granary.Extensions.Tests.S3;

/// <summary>A server for S3 that this process' environment names, the store that this process reads it by, and a folder of the same files.</summary>
internal sealed class S3Folder : IAsyncDisposable
{
    private readonly S3Files _files;
    private readonly IDisposable _use;

    private S3Folder(S3Server server, TimeSpan patience)
    {
        Server = server;
        Array.ForEach(Variables, v => Environment.SetEnvironmentVariable(v.Name, v.Value));
        _files = new S3Files(patience, Troubles.Add);
        _use = FileStores.Use(_files);
    }

    public static async Task<S3Folder> Start(double patience = 20) => new(await S3Server.Start(), TimeSpan.FromSeconds(patience));

    public S3Server Server { get; }

    // Amazon's own retries wait for seconds.
    private (string Name, string Value)[] Variables => [.. Server.Variables, ("AWS_MAX_ATTEMPTS", "2")];

    public string Folder { get; } = Directory.CreateTempSubdirectory("granary-test-").FullName;

    /// <summary>What the store has told of.</summary>
    public List<string> Troubles { get; } = [];

    /// <summary>Where a file is in the bucket.</summary>
    public static string Stored(string name) => $"s3://{S3Server.Bucket}/data/{name}";

    /// <summary>Puts bytes into the folder and into the bucket.</summary>
    public void Put(string name, byte[] bytes)
    {
        var path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        Server.Objects[$"data/{name}"] = new S3Object(bytes);
    }

    public void Put(string name, string text) => Put(name, Encoding.UTF8.GetBytes(text));

    public static byte[] Gzip(string text)
    {
        using var packed = new MemoryStream();
        using (var zip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            zip.Write(Encoding.UTF8.GetBytes(text));
        }

        return packed.ToArray();
    }

    /// <summary>A table of numbers with a label of three, which a seed decides.</summary>
    public static string Table(int rows, int seed = 1)
    {
        var random = new Random(seed);
        var text = new StringBuilder("a,b,c,label\n");
        for (var i = 0; i < rows; i++)
        {
            var (a, b) = (random.NextDouble(), random.NextDouble());
            text.Append(CultureInfo.InvariantCulture, $"{a:0.000000},{b:0.000000},{random.Next(1000)},{(a + b > 1.2 ? "high" : a > b ? "left" : "right")}\n");
        }

        return text.ToString();
    }

    /// <summary>A job on a table.</summary>
    /// <param name="data">Keys of its data section, in braces.</param>
    /// <param name="overrides">As after --set.</param>
    public Job Job(string data, params string[] overrides) => JobFile.Parse(
        $$"""
        version: 1
        name: stored
        model: { kind: mlp, hidden: [8] }
        data: {{data}}
        training: { epochs: 3, batch: 32, seed: 1, optimizer: { kind: sgd, learningRate: 0.1 } }
        """,
        "stored.yaml",
        Folder,
        overrides,
        Folder);

    public async ValueTask DisposeAsync()
    {
        _use.Dispose();
        _files.Dispose();
        Array.ForEach(Variables, v => Environment.SetEnvironmentVariable(v.Name, null));
        await Server.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
