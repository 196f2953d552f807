using Granary.Contracts;
using Granary.Grains.Tests.TensorBoard;
using Granary.Jobs;
using Microsoft.Extensions.Logging;

namespace Granary.Grains.Tests;

/// <summary>Recovery from a checkpoint: what the story and TensorBoard's file say of it.</summary>
public sealed class RewindTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_recovery_from_a_checkpoint_says_from_which_step_to_which_it_went_back()
    {
        // One shard: one silo trains, the other stands by and holds nothing of the job.
        var job = SmallCluster.Blobs(_folder);
        job = job with
        {
            Data = job.Data with { Shards = 1 },
            Training = job.Training with { Epochs = 1_000_000, ClipNorm = 1, Checkpoint = new() { Seconds = 0, Steps = 100 } },
            Output = new() { Tensorboard = true },
        };
        var log = new RecordedLog();
        await using var cluster = await GranaryCluster.Deploy(2, _folder, extend: log.AddTo);
        var coordinator = await cluster.Submit(job);
        var first = await GranaryCluster.Until(coordinator, s => s.Durable >= 100);
        var silo = Assert.Single(first.Members).Name;
        await cluster.InjectFault(silo, new Fault(FaultKind.FullDisk, Seconds: 600));
        await GranaryCluster.Until(coordinator, s => s.Seconds > first.Seconds + 4); // its state has been stored since
        await cluster.Kill(silo);
        var after = await GranaryCluster.Until(coordinator, s => s.Recoveries > 0 && s.Members is [{ } other] && other.Name != silo && s.Resumed is not null);
        await coordinator.Cancel();
        var ended = await GranaryCluster.Until(coordinator, s => s.State == JobState.Cancelled);
        EventReader.Check(ended, "weight", "bias"); // though the silo that was killed had written of steps that were taken again

        var events = await coordinator.Events();
        var rewound = Assert.Single(events, e => e.Kind == JobEventKind.Rewound);
        var rewind = rewound.Rewind!;
        Assert.True(rewind.Checkpoint && rewind.To >= first.Durable && rewind.From > rewind.To && rewind.From < after.Step, $"{rewind} {after}");
        Assert.Equal($"back from step {rewind.From} to the checkpoint of step {rewind.To}", rewound.Message);

        var goodput = (await coordinator.Goodput())!;
        Assert.Equal(rewind.From - rewind.To, goodput.StepsRedone);
        var perEpoch = (double)after.Examples / after.Step * after.StepsPerEpoch;
        Assert.Equal(goodput.StepsRedone * perEpoch / after.StepsPerEpoch, goodput.ExamplesInVain, perEpoch);
        Assert.True(goodput.Parts.Single(p => p.Part == TimePart.Lost).Seconds > 2, $"{goodput.StepsRedone} steps lost in no time"); // most of four seconds

        // An operator reads the same in the silos' logs, with job, generation and step.
        foreach (var e in events)
        {
            var line = log.Lines.First(l => l.Message == $"Job {after.JobId}, generation {e.Generation}, step {e.Step}: {e.Kind}: {e.Message}");
            Assert.Equal(
                e.Kind is JobEventKind.Started or JobEventKind.Formed or JobEventKind.Resumed or JobEventKind.Resized or JobEventKind.Ended ? LogLevel.Information : LogLevel.Warning, line.Level);
        }

        Assert.Contains(log.Lines, l => l.Message == $"Job {after.JobId}, generation {first.Generation}, step {first.Durable}: checkpoint written (1 parts)");
        Assert.Contains(events, e => e.Kind == JobEventKind.Formed && e.Message.Contains($"from step {rewind.To} on, from its checkpoint", StringComparison.Ordinal));
    }
}
