using System.Globalization;
using System.Text.RegularExpressions;
using Granary.Client;
using Granary.Client.Commands;
using Granary.Client.Local;
using Granary.Contracts;
using Granary.Jobs;
using Granary.Sdk;
using Granary.Sdk.Local;

namespace Granary.Scaling;

/// <summary>What a job's own trials say of exchanging beside the backward pass: two local silos, one thread and one shard each, over networks
/// that faults in their tensor channels make. On two cores the second threads have only what the first ones leave while they wait.</summary>
internal static partial class OverlapTrials
{
    // A trial is made soon after a generation's beginning.
    private const int Steps = 90;
    private const int Silos = 2;

    private static readonly (string Name, string File, string[] Changes)[] Works =
    [
        ("MLP 64-1024-1024-1024-10", "examples/digits-mlp.yaml",
            ["model.hidden=[1024,1024,1024]", "training.batch=512", "training.optimizer.kind=sgd", "training.optimizer.learningRate=0.001"]),
        ("GPT, 6 layers, 128 wide", "examples/source-transformer.yaml",
            ["model.layers=6", "model.width=128", "model.heads=4", "training.optimizer.kind=sgd", "training.optimizer.learningRate=0.001", "training.clipNorm=0"]),
    ];

    public static async Task Run()
    {
        using var interruption = new Interruption();
        Console.WriteLine("| work | network | exchange after | beside | after / beside |");
        Console.WriteLine("| --- | --- | --- | --- | --- |");
        await PrivateCluster.Run(LocalSettings.For(Silos, "none") with { Threads = 1, TcpAlone = true }, interruption, async (cluster, client, _) =>
        {
            foreach (var (name, file, changes) in Works)
            {
                foreach (var network in Network.All)
                {
                    var job = JobFile.Load(file, [.. changes, $"data.shards={Silos}", "training.epochs=1000"], Environment.CurrentDirectory);
                    await Try(cluster, client, name, job, network, interruption.Token);
                }
            }

            return ExitCode.Done;
        });
    }

    private static async Task Try(
        PrivateCluster cluster, GranaryClient client, string name, Job job, Network network, CancellationToken cancellation)
    {
        var silos = (await client.ListSilosAsync(cancellation)).Select(s => s.Name).ToArray();
        var output = Directory.CreateTempSubdirectory("granary-overlap-").FullName;
        var id = $"overlap-{Guid.NewGuid():N}";
        try
        {
            await Task.WhenAll(silos.Select(s => network.Fault is { } fault ? client.InjectFault(s, fault) : Task.CompletedTask));
            var trial = await client.Submit(new Submission(job with { Name = id }, Path.Combine(output, "model"), id), cancellation);
            var cancelled = false;
            await foreach (var status in trial.WatchAsync(cancellation))
            {
                if (status.Step > Steps && !cancelled)
                {
                    cancelled = true;
                    await trial.CancelAsync(cancellation);
                }
            }
        }
        finally
        {
            await Task.WhenAll(silos.Select(s => client.ClearFault(s, FaultKind.Delay)));
            Directory.Delete(output, recursive: true);
        }

        var trials = cluster.Silos.SelectMany(s => File.ReadLines(s.LogFile)).Where(l => l.Contains(id, StringComparison.Ordinal))
            .Select(l => Trial().Match(l)).Where(m => m.Success).ToArray();
        if (trials.Length == 0)
        {
            throw new InvalidOperationException($"{name} over {network.Name}: no silo has told of a trial");
        }

        var (beside, after) = (Mean(trials, 1), Mean(trials, 2));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"| {name} | {network.Name} | {after:0.0} ms | {beside:0.0} ms | {after / beside:0.00} |"));
    }

    private static double Mean(Match[] trials, int group) => trials.Average(t => double.Parse(t.Groups[group].Value, CultureInfo.InvariantCulture));

    // As a worker logs it.
    [GeneratedRegex(@"beside the backward pass takes ([0-9.]+) ms, after it ([0-9.]+) ms")]
    private static partial Regex Trial();
}
