using System.Globalization;
using Granary.Client;
using Granary.Client.Commands;
using Granary.Client.Local;
using Granary.Client.Planning;
using Granary.Jobs;
using Granary.Sdk.Local;

namespace Granary.Scaling;

/// <summary>Predicts steps on 1, 2, 4 and 8 local silos from a calibration on 2, and then takes them. Silos share this machine's cores.</summary>
internal static class Measurements
{
    private const int Features = 64;
    private const int Classes = 10;
    private const int Examples = 1438; // digits, but for the part held out
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(6);
    private static readonly int[] Silos = [1, 2, 4, 8];

    public static async Task Run()
    {
        var input = new InputShape(Features, Classes);
        var job = PlannedJob.Of(
            JobFile.Load(
                "examples/digits-mlp.yaml",
                ["model.hidden=[2048,512]", "training.batch=512", "training.optimizer.kind=sgd", "training.optimizer.learningRate=0.001"],
                Environment.CurrentDirectory),
            input,
            Examples);
        using var interruption = new Interruption();
        var folder = Directory.CreateTempSubdirectory("granary-scaling-").FullName;
        try
        {
            var runs = await new CalibrationRuns(job, input, Examples).OnThisMachine(interruption);
            var facts = Calibration.Fit(runs, oneMachine: true, threads: 1) with { Cores = Environment.ProcessorCount };
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"MLP 64-2048-512-10, {job.Blocks.Weights:N0} weights, batch {job.Batch} in {job.Shards} shards, {Environment.ProcessorCount} cores"));
            Console.WriteLine(PlanOptions.Line(facts, own: false));
            Console.WriteLine("\n| network | silos | compute: predicted | measured | exchange: predicted | measured | step: predicted | measured | error |");
            Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
            foreach (var silos in Silos)
            {
                await PrivateCluster.Run(LocalSettings.For(silos, "none") with { Threads = 1, TcpAlone = true }, interruption, async (_, client, _) =>
                {
                    foreach (var network in Network.All.Where(n => silos > 1 || n.Fault is null))
                    {
                        var names = (await client.ListSilosAsync(interruption.Token)).Select(s => s.Name).ToArray();
                        var timed = await new TimedRuns(client, folder, Long).Run(
                            Calibration.Endless(job, input, Examples), silos, interruption.Token,
                            () => network.Fault is { } fault ? Task.WhenAll(names.Select(n => client.InjectFault(n, fault))) : Task.CompletedTask);
                        await Task.WhenAll(names.Select(n => client.ClearFault(n, FaultKind.Delay)));
                        Write(network, StepCost.Of(job, network.Over(facts), silos), timed);
                    }

                    return ExitCode.Done;
                });
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Write(Network network, StepCost predicted, CalibrationRun measured)
    {
        var step = measured.Compute + measured.Exchange;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {network.Name} | {predicted.Silos} | {Ms(predicted.Compute)} | {Ms(measured.Compute)} | {Ms(predicted.Exchange)} | {Ms(measured.Exchange)} | {Ms(predicted.Total)} | {Ms(step)} | {100 * ((predicted.Total / step) - 1):+0;-0} % |"));
    }

    private static string Ms(double seconds) => (seconds * 1e3).ToString("0.0", CultureInfo.InvariantCulture);
}
