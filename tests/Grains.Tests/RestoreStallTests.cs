using Granary.Contracts;
using Granary.Grains.Workers;
using Granary.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Grains.Tests;

/// <summary>Weights that do not arrive while a generation is formed.</summary>
public sealed class RestoreStallTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;
    private volatile bool _holds;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // The members are connected when what they send is held.
    private async Task<GradientRecord?> HoldThenPrepare(IWorker worker, Assignment assignment, DataFacts facts, RestoreSource restore)
    {
        await worker.InjectFault(new Fault(FaultKind.Delay, Seconds: 1200, Milliseconds: 1_200_000));
        if (!_holds)
        {
            await worker.ClearFault(FaultKind.Delay); // it has been ended meanwhile
        }

        return await worker.Prepare(assignment, facts, restore);
    }

    [Fact]
    public async Task Are_noticed_and_the_generation_is_formed_anew()
    {
        await using var cluster = await GranaryCluster.Deploy(1, _folder, extend: silo => silo.Services.AddSingleton<IWorkerClient>(s => new InterceptedWorkers(
            ActivatorUtilities.CreateInstance<WorkerClient>(s),
            (worker, method, arguments) => _holds && method.Name == nameof(IWorker.Prepare)
                ? HoldThenPrepare(worker, (Assignment)arguments![0]!, (DataFacts)arguments[1]!, (RestoreSource)arguments[2]!)
                : method.Invoke(worker, arguments))));
        var blobs = SmallCluster.Blobs(_folder, rate: 0.01);
        Job Job(int steps) => blobs with { Training = blobs.Training with { Epochs = 0, Steps = steps } };
        var coordinator = await cluster.Submit(Job(100_000_000));
        var alone = await GranaryCluster.Until(coordinator, s => s.Step > 20);
        _holds = true;
        await cluster.Add();
        await GranaryCluster.Until(coordinator, s => s.Generation > alone.Generation && s.Recoveries > 0);
        Assert.Contains(await coordinator.Events(), e => e.Kind == JobEventKind.Stalled && e.Message.Contains("still misses numbers of", StringComparison.Ordinal));
        _holds = false;
        await cluster.End(FaultKind.Delay);

        var both = await GranaryCluster.Until(coordinator, s => s.Members.Count == 2 && s.Resumed is not null);
        await GranaryCluster.Until(coordinator, s => s.Step > both.Step + 20);
        await coordinator.Cancel();
        var ended = await GranaryCluster.Until(coordinator, s => s is { State: JobState.Cancelled, Result: not null });
        await using var one = await GranaryCluster.Deploy(1, _folder, id: "one");
        Assert.Equal((await one.Run(Job((int)ended.Result!.Step))).Result!.WeightsSha256, ended.Result.WeightsSha256);
    }
}
