using Granary.Client.Commands;
using Granary.Client.Display;
using Granary.Contracts;

namespace Granary.Cluster.Tests;

/// <summary>What an ended job's figures are of, and how a cancelled one goes on.</summary>
public sealed class GoingOnTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private JobStatus Cancelled(long? evaluated) => new()
    {
        JobId = "digits-1",
        Name = "digits",
        State = JobState.Cancelled,
        Step = 1529,
        Steps = 2300,
        Examples = 97_856,
        Seconds = 12,
        Result = new JobResult("mlp", 100, 0.5, 359, 0.25, 0.975, "ab", _folder, 1529, false, evaluated, 1518),
    };

    [Fact]
    public void Figures_of_another_step_say_so()
    {
        Assert.Contains("validation of step 1518: accuracy 0.9750, loss 0.2500 over 359 held-out examples", JobLine.Summary(Cancelled(1518)));
        Assert.Contains("validation: accuracy 0.9750, loss 0.2500 over 359 held-out examples", JobLine.Summary(Cancelled(1529)));
        var history = new JobHistory();
        history.Add(Cancelled(null) with { State = JobState.Running, StepsPerEpoch = 23, Epochs = 100, Points = [new MetricPoint(1518, 65, 0.4, 0.5, 0.25, 0.975, 11)] });
        Assert.Contains("validation loss 0.2500 accuracy 0.9750 (step 1518)", JobLine.Of(history));
    }

    [Fact]
    public void The_model_s_path_is_told_as_it_would_be_typed_here()
    {
        string Told(string output) => JobLine.Summary(Cancelled(1529) with { Result = Cancelled(1529).Result! with { Output = output } }).Single(l => l.StartsWith("model: ", StringComparison.Ordinal));
        var here = Environment.CurrentDirectory;
        Assert.Equal("model: runs/a/model.safetensors (100 weights)", Told(Path.Combine(here, "runs", "a")));
        Assert.Equal($"model: {here}-2/a/model.safetensors (100 weights)", Told($"{here}-2/a"));
    }

    [Fact]
    public void A_job_that_has_left_its_state_says_how_it_goes_on()
    {
        Assert.Null(GoingOn.Advice(Cancelled(1529))); // there is nothing to go on from
        Directory.CreateDirectory(Path.Combine(_folder, "state"));
        File.WriteAllText(Path.Combine(_folder, "state", "state.json"), "{}");
        Assert.Equal($"to go on from step 1529: granary submit {_folder}/job.yaml --continue {_folder}", GoingOn.Advice(Cancelled(1529)));
        Assert.Equal(
            $"to go on from step 1529: granary train 'my job.yaml' --set 'model.hidden=[8, 4]' 'name=it'\\''s' --silos 3 --continue {_folder}",
            GoingOn.Advice(Cancelled(1529), GoingOn.Train("my job.yaml", ["model.hidden=[8, 4]", "name=it's"], 3)));
        Assert.Null(GoingOn.Advice(Cancelled(1529) with { State = JobState.Completed }));
    }
}
