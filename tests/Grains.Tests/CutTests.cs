using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Grains.Tests;

/// <summary>Two silos that live and do not reach each other, while both reach the others: the job goes on without one of them, for as long as it lasts.</summary>
public sealed class CutTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_job_goes_on_without_one_of_a_pair_that_is_cut_and_takes_it_back_when_it_is_mended()
    {
        var path = Path.Combine(_folder, "points.csv");
        File.WriteAllText(path, "x,y,label\n" + string.Concat(Enumerable.Range(0, 120).Select(i => $"{i % 7},{i % 11},c{i % 3}\n")));
        Job Job(int steps) => new(
            1, "points", new ModelSection { Kind = "mlp", Hidden = [16] }, new DataSection { Format = "csv", Path = path, Label = "label", Shards = 6 },
            new TrainingSection { Steps = steps, Batch = 12, Optimizer = new() { Kind = OptimizerKind.Adam, LearningRate = 0.001 } });

        await using var cluster = await GranaryCluster.Deploy(3, _folder);
        await cluster.HoldBack(milliseconds: 2);
        var coordinator = await cluster.Submit(Job(1_000_000));
        var whole = await GranaryCluster.Until(coordinator, s => s.Members.Count == 3 && s.Step >= 20);
        var (one, other) = (whole.Members[0].Name, whole.Members[1].Name);
        await cluster.InjectFault(one, new Fault(FaultKind.Drop, Seconds: 1200, From: other));
        await cluster.InjectFault(other, new Fault(FaultKind.Drop, Seconds: 1200, From: one));

        var parted = await GranaryCluster.Until(coordinator, s => s.Members.Count == 2 && s.Generation > whole.Generation && s.Resumed is not null);
        Assert.Equal(new AbsentSilo(other, $"it and {one} do not reach each other"), Assert.Single(parted.Absent));
        Assert.Contains(await coordinator.Events(), e => e.Kind == JobEventKind.SiloLost && e.Message.Contains($"silo {other} and {one} do not reach each other", StringComparison.Ordinal));

        // It is asked for again and again, which must not end the generation that trains.
        await GranaryCluster.Until(coordinator, s => s.Step >= parted.Step + 3000 || s.Generation > parted.Generation);
        var later = (await coordinator.Status(0))!;
        Assert.Equal((parted.Generation, parted.Recoveries), (later.Generation, later.Recoveries));

        await cluster.End(FaultKind.Drop);
        await GranaryCluster.Until(coordinator, s => s.Members.Count == 3 && s.Generation > parted.Generation && s.Resumed is not null);
        await coordinator.Cancel();
        var ended = await GranaryCluster.Until(coordinator, s => s is { State: JobState.Cancelled, Result: not null });

        await using var alone = await GranaryCluster.Deploy(1, _folder, id: "alone");
        Assert.Equal((await alone.Run(Job((int)ended.Result!.Step))).Result!.WeightsSha256, ended.Result.WeightsSha256);
    }
}
