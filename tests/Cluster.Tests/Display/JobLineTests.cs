using Granary.Client.Display;
using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Cluster.Tests.Display;

/// <summary>A job's progress in a line, and the lines that say what it came to.</summary>
public class JobLineTests
{
    private static readonly JobStatus Running = new()
    {
        JobId = "digits-1",
        Name = "digits",
        State = JobState.Running,
        Activity = "training",
        Step = 26,
        Steps = 100,
        Epochs = 4,
        StepsPerEpoch = 25,
        ExamplesPerSecond = 12_345.6,
        Points = [new MetricPoint(25, 1, 0.5, null, 0.25, 0.96875, 9), new MetricPoint(26, 2, 0.4375, null, null, null, 10)],
    };

    private static readonly JobResult Result = new("model", 4810, 0.1, 359, 0.0875, 0.97493, "ab12", "runs/digits-1", Step: 690, StoppedEarly: false);

    private static readonly JobStatus Completed = Running with
    {
        State = JobState.Completed,
        Step = 690,
        Steps = 690,
        Examples = 43_140,
        Seconds = 4.04,
        Members = [.. Enumerable.Range(1, 2).Select(i => new MemberStatus($"silo-{i}", 4710 + i, i, i + 1, 0.08, 0.0031))],
        Result = Result,
    };

    private static string Line(JobStatus status)
    {
        var history = new JobHistory();
        history.Add(status);
        return JobLine.Of(history);
    }

    // Figures of an earlier step say which; the first step of an epoch belongs to it.
    [Fact]
    public void A_running_job_shows_where_it_is_its_newest_figures_and_its_pace() => Assert.Equal(
        "epoch 2/4  step 26/100  loss 0.4375  validation loss 0.2500 accuracy 0.9688 (step 25)  12,346 examples/s", Line(Running));

    [Fact]
    public void A_figure_of_the_step_that_is_shown_needs_no_step() => Assert.Contains(
        "accuracy 0.9688  12,346 examples/s", Line(Running with { Step = 25, Points = [.. Running.Points.Take(1)] }));

    [Theory]
    [InlineData("reading data", null, "reading data")]
    [InlineData("", null, "starting")]
    [InlineData("reading data", "silo-2 does not answer", "waiting: silo-2 does not answer")]
    public void Before_the_first_step_is_known_it_says_what_is_done(string activity, string? waiting, string line) =>
        Assert.Equal(line, Line(Running with { Steps = 0, Activity = activity, WaitingFor = waiting, Points = [] }));

    [Fact]
    public void A_job_that_waits_says_for_what_in_the_place_of_its_pace() =>
        Assert.EndsWith("(step 25)  waiting: silo-2 is frozen", Line(Running with { WaitingFor = "silo-2 is frozen" }));

    [Fact]
    public void Another_activity_than_training_stands_in_the_place_of_the_pace() => Assert.EndsWith("(step 25)  writing the model", Line(Running with { Activity = "writing the model" }));

    [Fact]
    public void A_queued_job_is_queued() => Assert.Equal("queued", Line(Running with { State = JobState.Queued }));

    [Fact]
    public void A_completed_job_came_to_its_figures_its_model_and_its_hash() => Assert.Equal(
        [
            "digits-1 completed: 690 steps, 43,140 examples in 4.0 s on 2 silos",
            "validation: accuracy 0.9749, loss 0.0875 over 359 held-out examples",
            "model: runs/digits-1/model.safetensors (4,810 weights)",
            "weights sha256: ab12",
        ],
        JobLine.Summary(Completed));

    [Fact]
    public void An_earlier_version_says_of_which_step_it_is()
    {
        var lines = JobLine.Summary(Completed with { Steps = 9200, Step = 6532, Result = Result with { Step = 6302, StoppedEarly = true } }).ToArray();
        Assert.EndsWith(" on 2 silos (of 9200: stopped early)", lines[0]);
        Assert.Equal("model: runs/digits-1/model.safetensors (4,810 weights, those of step 6302)", lines[2]);
    }

    [Fact]
    public void What_a_job_did_before_it_was_continued_is_told() => Assert.EndsWith(
        "; 460 of the steps, in 2.5 s, before this sitting", JobLine.Summary(Completed with { Earlier = Completed.Earlier with { Steps = 460, Seconds = 2.5 } }).First());

    [Fact]
    public void Errors_of_numbers_take_the_place_of_the_accuracy() => Assert.Equal(
        "validation: RMSE 0.184644, R2 0.9373, loss 0.0578 over 45 held-out examples",
        JobLine.Summary(Completed with { Result = Result with { ValidationAccuracy = null, ValidationLoss = 0.0578, ValidationExamples = 45, ValidationNumbers = new NumberFigures(0.0340934, 0.184644, 0.1, 0.9373) } }).ElementAt(1));

    [Fact]
    public void A_failed_job_says_why_first() =>
        Assert.Equal("digits-1 failed: the loss became NaN", JobLine.Summary(Running with { State = JobState.Failed, Failure = "the loss became NaN" }).First());
}
