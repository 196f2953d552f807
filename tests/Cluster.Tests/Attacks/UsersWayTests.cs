using System.Text;

namespace Granary.Cluster.Tests;

/// <summary>
/// The way of a user: a laptop in a network namespace of its own, with the CA's certificate and a token, trains its own file on three machines with addresses of
/// their own, and gets the model back. Whoever listens on the network meanwhile learns nothing.
/// </summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class UsersWayTests : IDisposable
{
    private const int SecretBytes = 48;

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Digits => Path.Combine(CommandLine.Examples, "digits-mlp.yaml");

    [LongFact]
    public async Task A_laptop_trains_its_file_on_three_machines_and_gets_the_model_back_and_nobody_reads_it_on_the_way()
    {
        var (weights, hidden) = await Train("secret", isSecret: true);
        using var laptops = new CommandLine(_folder, "train", Digits, "--silos", "1", "--json", "--output", "alone");
        await laptops.Succeeds();
        Assert.Equal(laptops.Json.GetProperty("weightsSha256").GetString(), weights);
        Assert.Empty(hidden);

        // The same search, where nothing is encrypted, finds each of them: else the one above would prove nothing.
        var (open, found) = await Train("open", isSecret: false);
        Assert.Equal(weights, open);
        Assert.Equal(["the token", "a row", "weights"], found);
    }

    // Returns the hash of the weights, and which secrets were seen on the network.
    private async Task<(string Weights, string[] Seen)> Train(string name, bool isSecret)
    {
        var place = Path.Combine(_folder, name);
        Directory.CreateDirectory(place);
        using var cluster = new MachineCluster(place, isSecret);
        using var capture = new PacketCapture(cluster.Network.Bridge);
        string[] login = ["login", cluster.Url("one"), "--context", "work", .. isSecret ? ["--ca", "ca.pem"] : Array.Empty<string>()];
        await cluster.Laptops(MachineCluster.Bootstrap, login);
        var token = (await cluster.Laptops(null, "token", "create", "ada", "--role", "submitter", "--expires", "1d")).Output.Trim();
        await cluster.Laptops(token, login);

        // A stranger has the address, and the CA's certificate, which is no secret.
        await cluster.Laptops(null, "logout");
        var stranger = await cluster.OnLaptop("granary_of-nobody", login);
        Assert.Equal(2, await stranger.Exit());
        await cluster.Laptops(token, login);

        var submit = await cluster.Laptops(null, "submit", Digits, "--json");
        var job = submit.Json.GetProperty("job").GetString()!;
        var shown = (await cluster.Laptops(null, "show", job, "--json")).Json;
        Assert.Equal(["one", "three", "two"], shown.GetProperty("silos").EnumerateArray().Select(m => m.GetString()).Order(StringComparer.Ordinal));
        await cluster.Laptops(null, "watch", job);
        await cluster.Laptops(null, "why", job);
        var fetch = await cluster.Laptops(null, "fetch", job, "--json");
        var model = Path.Combine(cluster.Laptop, "runs", job, "model.safetensors");
        var predicted = await cluster.Laptops(null, "predict", model, "--input", Path.Combine(CommandLine.Examples, "data", "digits.csv"), "--output", "predicted.csv");
        Assert.True(File.ReadLines(Path.Combine(cluster.Laptop, "predicted.csv")).Count() > 1000, predicted.Output);

        var streams = capture.Stop();
        Assert.DoesNotContain(token, cluster.Said.Replace(token + "\n", "", StringComparison.Ordinal), StringComparison.Ordinal); // printed once
        Assert.True(streams.Sum(s => (long)s.Length) > 1_000_000, "a job's gradients alone are more than that");
        var bytes = await File.ReadAllBytesAsync(model);
        (string Name, byte[] Bytes)[] secrets =
        [
            ("the token", Encoding.ASCII.GetBytes(token)),
            ("a row", Encoding.ASCII.GetBytes(File.ReadLines(Path.Combine(CommandLine.Examples, "data", "digits.csv")).Skip(1000).First())),
            ("weights", bytes[^SecretBytes..]),
        ];
        return (submit.Json.GetProperty("weightsSha256").GetString()!, [.. secrets.Where(s => streams.Any(t => t.AsSpan().IndexOf(s.Bytes) >= 0)).Select(s => s.Name)]);
    }
}
