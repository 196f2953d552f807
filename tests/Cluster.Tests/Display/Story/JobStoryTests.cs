using Granary.Client.Display.Story;
using Granary.Contracts;

namespace Granary.Cluster.Tests;

/// <summary>What <c>granary why</c> makes of a job's events.</summary>
public class JobStoryTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static JobEvent Event(double seconds, JobEventKind kind, long step, long generation, string message, string? silo = null, Rewind? rewind = null) =>
        new(Noon.AddSeconds(seconds), kind, step, generation, silo, message, rewind);

    private static JobStatus Status(JobState state, string? failure = null) => new()
    {
        JobId = "digits-1",
        Name = "digits",
        State = state,
        Step = 700,
        Steps = 700,
        Failure = failure,
    };

    private static readonly JobEvent[] Beginning =
    [
        Event(0, JobEventKind.Started, 0, 0, "started"),
        Event(1, JobEventKind.Formed, 0, 1, "generation 1: silo-1, silo-2 from step 0 on"),
    ];

    private static readonly JobEvent Lost = Event(9, JobEventKind.SiloLost, 310, 1, "silo silo-2 is gone", "silo-2");

    private static readonly JobEvent[] Recovered =
    [
        Event(9.5, JobEventKind.Formed, 200, 2, "generation 2: silo-1 from step 200 on, from its checkpoint"),
        Event(10.2, JobEventKind.Resumed, 312, 2, "step 312 is a new one"),
    ];

    private static readonly JobEvent Rewound = Event(
        9.4, JobEventKind.Rewound, 310, 2, "back from step 312 to the checkpoint of step 200", rewind: new Rewind(312, 200, true));

    private static string Tell(JobState state, params JobEvent[] events) => JobStory.Tell(Status(state), events);

    [Fact]
    public void A_job_without_events_of_note_went_well()
    {
        var story = Tell(JobState.Completed, [.. Beginning, Event(20, JobEventKind.Ended, 700, 1, "completed")]);
        Assert.StartsWith("digits-1 is completed at step 700 of 700. It started, first at ", story);
        Assert.Contains(" as generation 1: silo-1, silo-2 from step 0 on. It ended at ", story);
        Assert.EndsWith("\nNothing went wrong.", story);
    }

    [Fact]
    public void A_loss_that_went_back_to_a_checkpoint_is_told_with_its_steps()
    {
        var story = Tell(JobState.Completed, [.. Beginning, Lost, Rewound, .. Recovered]);
        Assert.Contains("First cause: silo silo-2 is gone, at step 310 (", story);
        Assert.Contains(
            "The cluster went on with generation 2: silo-1 from step 200 on, from its checkpoint after 0.5 s, and made new steps after 1.2 s (step 312 is a new one).", story);
        Assert.Contains("Lost: the work of 112 steps, which the silos took again: back from step 312 to the checkpoint of step 200.", story);
        Assert.Contains("training.checkpoint.seconds", story);
        Assert.DoesNotContain("No step was lost", story);
        Assert.DoesNotContain("Nothing went wrong", story);
    }

    [Fact]
    public void A_loss_that_the_others_made_up_for_lost_no_step()
    {
        var story = Tell(JobState.Completed, [.. Beginning, Lost, .. Recovered]);
        Assert.Contains("No step was lost.", story);
        Assert.Contains("If you did not stop the silo yourself, see: granary logs.", story);
    }

    [Fact]
    public void Several_causes_are_counted_by_generation_and_the_first_is_named_first()
    {
        var story = Tell(
            JobState.Running,
            [
                .. Beginning,
                Event(8, JobEventKind.Stalled, 300, 1, "nothing has moved for more than 3 s"),
                Event(9, JobEventKind.SiloLost, 300, 1, "the connection of silo-1 to silo-2 broke"),
                .. Recovered,
                Event(20, JobEventKind.Trouble, 400, 2, "step 400 failed on silo silo-1: IOException: no such file"),
            ]);
        Assert.Contains("First cause: nothing has moved for more than 3 s; then the connection of silo-1 to silo-2 broke, at step 300", story);
        Assert.Contains("Training was interrupted 2 times, the last time because: step 400 failed on silo silo-1: IOException: no such file.", story);
        Assert.Contains("The cluster has not formed a new set of silos yet.", story); // after the last one
        Assert.Contains("Look at the network between the silos.", story);
    }

    [Fact]
    public void Trouble_alone_is_no_job_that_went_well()
    {
        var story = Tell(JobState.Completed, [.. Beginning, Event(5, JobEventKind.Trouble, 30, 1, "TimeoutException: no answer"), .. Recovered]);
        Assert.Contains("First cause: TimeoutException: no answer, at step 30", story);
        Assert.DoesNotContain("Nothing went wrong", story);
    }

    [Fact]
    public void A_silo_of_another_platform_is_named()
    {
        var story = Tell(JobState.Completed, [.. Beginning, Event(5, JobEventKind.StandsBy, 30, 1, "silo silo-9 computes on B, the job on A: it stands by", "silo-9")]);
        Assert.Contains("silo silo-9 computes on B, the job on A: it stands by.", story);
        Assert.DoesNotContain("Nothing went wrong", story);
    }

    [Fact]
    public void A_paused_job_says_how_it_goes_on() =>
        Assert.Contains("To go on: granary resume digits-1", Tell(JobState.Paused, [.. Beginning, Event(5, JobEventKind.Paused, 30, 1, "paused after step 30")]));

    [Fact]
    public void A_failure_comes_first_and_once()
    {
        var story = JobStory.Tell(Status(JobState.Failed, "the loss became NaN."), [.. Beginning, Event(7, JobEventKind.Ended, 3, 1, "the loss became NaN.")]);
        Assert.StartsWith("digits-1 failed: the loss became NaN.", story);
        Assert.Single(System.Text.RegularExpressions.Regex.Matches(story, "became NaN"));
        Assert.DoesNotContain("Nothing went wrong", story);
    }

    [Fact]
    public void Of_a_story_that_is_not_kept_whole_the_counts_are_lower_bounds()
    {
        var many = Enumerable.Range(1, JobEvent.Kept).Select(i => Event(i, JobEventKind.SiloLost, i, i, $"loss {i}"));
        Assert.Contains($"interrupted at least {JobEvent.Kept} times", Tell(JobState.Running, [.. many]));
        Assert.DoesNotContain("No step was lost", Tell(JobState.Running, [.. many]));
    }

    public static TheoryData<JobEventKind> EveryKind => [.. Enum.GetValues<JobEventKind>()];

    // A kind that is added to the enumeration must be told by somebody: its message stands in the story.
    [Theory]
    [MemberData(nameof(EveryKind))]
    public void Every_kind_of_event_is_told_alone_and_beside_all_others(JobEventKind kind)
    {
        Assert.Contains(JobStory.Findings, f => f.Kinds.Contains(kind));
        var others = Enum.GetValues<JobEventKind>().Where(k => k != kind).Select((k, i) => Event(30 + i, k, 400, 3, $"another {k}", rewind: new Rewind(2, 1, true)));
        var rewind = new Rewind(312, 200, true);
        JobEvent[] scene = kind switch
        {
            // What these say is part of how an interruption went on.
            JobEventKind.Formed => [Lost, Event(9.5, kind, 310, 2, "MARK")],
            JobEventKind.Resumed => [Lost, Recovered[0], Event(9.7, kind, 310, 2, "MARK")],
            _ => [Event(9, kind, 310, 2, "MARK", "silo-1", rewind)],
        };
        Assert.Contains("MARK", Tell(JobState.Completed, [.. Beginning, .. scene]));
        Assert.Contains("MARK", Tell(JobState.Completed, [.. kind == JobEventKind.Started ? [] : Beginning, .. others, .. scene]));
    }

    [Fact]
    public void Only_what_went_wrong_speaks_against_a_job()
    {
        JobEventKind[] well =
        [
            JobEventKind.Started, JobEventKind.Formed, JobEventKind.Resized, JobEventKind.Paused, JobEventKind.Ended, JobEventKind.StoppedEarly, JobEventKind.Resumed,
        ];
        Assert.All(Enum.GetValues<JobEventKind>(), kind => Assert.Equal(
            well.Contains(kind), Tell(JobState.Completed, [.. Beginning, Event(9, kind, 5, 1, "it was so")]).EndsWith("Nothing went wrong.", StringComparison.Ordinal)));
    }
}
