using Granary.Client.Display;
using Granary.Contracts;

namespace Granary.Cluster.Tests;

public class TimeLeftTests
{
    // 2,000 of 3,000 steps of 64 examples; the first 1,900 in 662 s, the others at 200 examples a second.
    private static readonly JobStatus Continued = new()
    {
        JobId = "j",
        Name = "j",
        State = JobState.Running,
        Step = 2000,
        Steps = 3000,
        Examples = 128_000,
        Seconds = 694,
        ExamplesPerSecond = 200,
        Earlier = new WorkDone(1900, 121_600, 662),
    };

    [Fact]
    public void A_job_that_goes_on_takes_as_long_as_its_present_pace_says() =>
        Assert.Equal(1000 * 64 / 200.0, TimeLeft.Of(Continued)!.Value, 1e-9);

    [Fact]
    public void Seconds_of_training_do_not_matter() => Assert.Equal(TimeLeft.Of(Continued), TimeLeft.Of(Continued with { Seconds = 1, Earlier = WorkDone.None }));

    [Fact]
    public void Nobody_knows_before_the_first_step_or_second_or_while_it_does_not_train()
    {
        Assert.Null(TimeLeft.Of(Continued with { ExamplesPerSecond = 0 }));
        Assert.Null(TimeLeft.Of(Continued with { Step = 0, Examples = 0 }));
        Assert.Null(TimeLeft.Of(Continued with { State = JobState.Paused }));
        Assert.Equal(0, TimeLeft.Of(Continued with { Step = 3000 }));
    }

    [Fact]
    public void The_summary_of_a_job_that_went_on_says_what_was_done_before()
    {
        var line = JobLine.Summary(Continued with { State = JobState.Completed, Step = 3000, Examples = 192_000, Seconds = 1014 }).First();
        Assert.Contains("3,000 steps, 192,000 examples in 1014.0 s", line);
        Assert.EndsWith("; 1,900 of the steps, in 662.0 s, before this sitting", line);
    }
}
