using System.Text.Json;
using Granary.Contracts;
using Granary.Grains.Coordination;
using Granary.Jobs;

namespace Granary.Grains.Tests;

/// <summary>Which version the figures of a job are of that ends amid an epoch.</summary>
public sealed class EndFiguresTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_cancelled_job_is_evaluated_at_the_step_it_is_published_at(int silos)
    {
        var job = SmallCluster.Blobs(_folder);
        var heldOut = Path.Combine(_folder, "held-out.csv");
        File.WriteAllLines(heldOut, File.ReadLines(job.Data.Path).Where((_, i) => i == 0 || i % 7 == 3));
        job = job with
        {
            Data = job.Data with { Validation = new() { Path = heldOut } },
            Training = job.Training with { Epochs = 100_000, Batch = 1, Optimizer = new() { LearningRate = 0.05 } },
        };
        await using var cluster = await GranaryCluster.Deploy(silos, _folder);
        var coordinator = await cluster.Submit(job);
        await GranaryCluster.Until(coordinator, s => s.Step > 250); // an epoch has 200 steps
        await coordinator.Cancel();
        var status = await GranaryCluster.Until(coordinator, s => s.State is JobState.Cancelled or JobState.Failed);
        Assert.True(status.State == JobState.Cancelled, status.Failure);
        var result = status.Result!;
        Assert.Equal((status.Step, status.Step), (result.Step, result.ValidationStep));
        Assert.Equal(status.Step / 200 * 200, result.TrainLossStep);

        // The saved weights, evaluated by somebody else.
        var grain = cluster.Client.GetGrain<IEvaluationGrain>("again");
        EvaluationAnswer? answer = null;
        while (answer is null)
        {
            answer = await grain.Ask(new EvaluationRequest(result.Output, heldOut, null));
            await Task.Yield();
        }

        Assert.Equal(answer.Report!.Loss, result.ValidationLoss!.Value, 1e-6);
        Assert.Equal(answer.Report.Accuracy, result.ValidationAccuracy!.Value, 1e-12);
        var summary = JsonDocument.Parse(File.ReadAllText(Path.Combine(result.Output, "summary.json"))).RootElement;
        Assert.Equal(status.Step, summary.GetProperty("modelStep").GetInt64());
        Assert.Equal(status.Step, summary.GetProperty("validation").GetProperty("step").GetInt64());
        Assert.Equal(result.TrainLossStep, summary.GetProperty("trainLossStep").GetInt64());
    }

    [Fact]
    public async Task A_job_that_fails_says_of_which_step_its_figures_are()
    {
        var job = SmallCluster.Blobs(_folder, model: new ModelSection { Kind = "mlp", Hidden = [8], Loss = Loss.SquaredError });
        job = job with
        {
            Training = job.Training with
            {
                Epochs = 40,
                Optimizer = new() { LearningRate = 0.1 },
                Schedule = new ScheduleSection { Kind = ScheduleKind.Step, Every = 3, Gamma = 1e30 },
            },
        };
        var status = await SmallCluster.Run(_folder, job, "cpu");
        Assert.Equal(JobState.Failed, status.State);
        Assert.True(status.Step % status.StepsPerEpoch != 0, $"step {status.Step}");
        Assert.Equal(status.Step - (status.Step % status.StepsPerEpoch), status.Result!.ValidationStep);
        Assert.Equal(status.Result.ValidationStep, status.Result.TrainLossStep);
        var evaluated = status.Points.Single(p => p.Step == status.Result.ValidationStep);
        Assert.Equal(evaluated.ValidationLoss, status.Result.ValidationLoss);
    }

    [Theory]
    [InlineData(0, 1e9, false)] // there is nothing to evaluate
    [InlineData(2048, 0, true)] // one pass for each of 8 shards
    [InlineData(2049, 0, false)]
    [InlineData(20_000, 10_000, true)]
    [InlineData(20_001, 10_000, false)]
    public void An_evaluation_is_quick_that_is_one_pass_or_takes_no_longer_than_two_seconds_of_training(long rows, double pace, bool quick) =>
        Assert.Equal(quick, EvaluationRule.IsQuick(rows, shards: 8, pace));
}
