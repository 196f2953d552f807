using Granary.Contracts;
using Granary.Grains.Goodput;

namespace Granary.Grains.Tests.Goodput;

public class TimeLedgerTests
{
    private static readonly DateTimeOffset Submitted = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly TimeLedger _ledger = new();

    public TimeLedgerTests() => _ledger.Enter(TimePart.Queued, Submitted);

    private static DateTimeOffset At(double seconds) => Submitted.AddSeconds(seconds);

    private double Part(TimePart part, double now) => _ledger.Report("j", At(now), ended: false).Parts.Single(p => p.Part == part).Seconds;

    // From its submission to its third second it waits and is prepared, then it trains: 100 steps a second, told of each second.
    private void TrainUntil(double end)
    {
        _ledger.Enter(TimePart.Starting, At(1));
        _ledger.Enter(TimePart.ReadingData, At(2));
        _ledger.Enter(TimePart.Computing, At(3));
        for (var second = 4; second <= end; second++)
        {
            _ledger.Add(new WorkerSeconds(Computing: 0.6, Exchanging: 0.2, Waiting: 0.05, Updating: 0.1, Evaluating: 0, CheckpointStall: 0, Idle: 0.05));
            _ledger.Progressed((second - 3) * 100, At(second));
        }
    }

    [Fact]
    public void Every_second_belongs_to_one_part()
    {
        TrainUntil(end: 13);
        _ledger.Enter(TimePart.CheckpointStall, At(13));
        var report = _ledger.Report("j", At(15), ended: false);
        Assert.Equal(15, report.WallSeconds, 1e-9);
        Assert.Equal(15, report.Parts.Sum(p => p.Seconds), 1e-9);
        Assert.Equal(Enum.GetValues<TimePart>(), report.Parts.Select(p => p.Part));
        Assert.Equal(1, Part(TimePart.Queued, 15), 1e-9);
        Assert.Equal(1, Part(TimePart.Starting, 15), 1e-9);
        Assert.Equal(1, Part(TimePart.ReadingData, 15), 1e-9);
        Assert.Equal(6, Part(TimePart.Computing, 15), 1e-9);
        Assert.Equal(2, Part(TimePart.Exchanging, 15), 1e-9);
        Assert.Equal(0.5, Part(TimePart.Waiting, 15), 1e-9);
        Assert.Equal(1, Part(TimePart.Updating, 15), 1e-9);
        Assert.Equal(0.5, Part(TimePart.Idle, 15), 1e-9);
        Assert.Equal(2, Part(TimePart.CheckpointStall, 15), 1e-9);
        Assert.Equal((6 + 2 + 1) / 15.0, report.Goodput, 1e-9);
    }

    [Fact]
    public void Asking_changes_nothing()
    {
        TrainUntil(end: 8);
        var once = _ledger.Report("j", At(9), ended: false);
        Assert.Equal(once.Parts, _ledger.Report("j", At(9), ended: false).Parts);
        Assert.Equal(20, _ledger.Report("j", At(20), ended: false).WallSeconds, 1e-9);
    }

    [Fact]
    public void Of_a_job_that_has_ended_no_time_passes()
    {
        TrainUntil(end: 8);
        _ledger.Enter(TimePart.Idle, At(8));
        Assert.Equal(8, _ledger.Report("j", At(500), ended: true).WallSeconds, 1e-9);
    }

    [Fact]
    public void What_passes_after_the_last_progress_is_spent_on_detecting_a_failure()
    {
        TrainUntil(end: 13);
        _ledger.Failed("silo lost", At(16));
        _ledger.Enter(TimePart.Computing, At(17.5));
        Assert.Equal(3, Part(TimePart.Detecting, 18), 1e-9);
        Assert.Equal(1.5, Part(TimePart.Rendezvous, 18), 1e-9);
        Assert.Equal(18, _ledger.Report("j", At(18), ended: false).WallSeconds, 1e-9);
        Assert.Equal(1, _ledger.Report("j", At(18), ended: false).Recoveries["silo lost"]);
    }

    [Fact]
    public void A_failure_while_a_generation_is_formed_detects_nothing_twice()
    {
        TrainUntil(end: 13);
        _ledger.Failed("silo lost", At(14));
        _ledger.Failed("silo lost", At(16));
        Assert.Equal(1, Part(TimePart.Detecting, 16), 1e-9);
        Assert.Equal(2, Part(TimePart.Rendezvous, 16), 1e-9);
        Assert.Equal(2, _ledger.Report("j", At(16), ended: false).Recoveries["silo lost"]);
    }

    [Fact]
    public void Steps_that_are_taken_again_are_lost_once()
    {
        TrainUntil(end: 13); // 1000 steps in 10 seconds
        _ledger.Failed("silo lost", At(13));
        _ledger.Rewound(from: 1000, to: 750, examples: 5000);
        Assert.Equal(2.5, Part(TimePart.Lost, 13), 1e-9);
        Assert.Equal(6 - (2.5 * 6 / 9.5), Part(TimePart.Computing, 13), 1e-9); // its share of all but the idle time

        // Taken again in five seconds, and lost again, with 50 steps more: the first time does not count a second time.
        _ledger.Enter(TimePart.Computing, At(13));
        _ledger.Progressed(1000, At(18));
        _ledger.Failed("silo lost", At(18));
        _ledger.Rewound(from: 1000, to: 700, examples: 6000);
        Assert.Equal(2.5 + 5 + 0.5, Part(TimePart.Lost, 18), 1e-9);
        var report = _ledger.Report("j", At(18), ended: false);
        Assert.Equal(18, report.Parts.Sum(p => p.Seconds), 1e-9);
        Assert.Equal(550, report.StepsRedone);
        Assert.Equal(11000, report.ExamplesInVain);
    }

    [Fact]
    public void What_a_lost_coordinator_did_after_it_stored_the_ledger_counts_as_detecting()
    {
        TrainUntil(end: 8);
        _ledger.TakenOver(parked: false, At(12));
        Assert.Equal(4, Part(TimePart.Detecting, 12), 1e-9);
        Assert.Equal(1, _ledger.Report("j", At(12), ended: false).Recoveries["coordinator lost"]);
    }

    [Fact]
    public void A_cluster_that_was_stopped_in_good_order_was_idle_and_nothing_failed()
    {
        TrainUntil(end: 8);
        _ledger.Enter(TimePart.CheckpointStall, At(8));
        _ledger.Enter(TimePart.Idle, At(9)); // all of the job is on disk
        _ledger.TakenOver(parked: true, At(3609));
        Assert.Equal(3600 + 0.25, Part(TimePart.Idle, 3610), 1e-9);
        Assert.Equal(1, Part(TimePart.Rendezvous, 3610), 1e-9);
        Assert.Empty(_ledger.Report("j", At(3610), ended: false).Recoveries);
    }

    [Fact]
    public void A_ledger_that_an_older_build_stored_may_know_fewer_parts()
    {
        TrainUntil(end: 8);
        _ledger.Seconds = _ledger.Seconds[..^1];
        _ledger.Enter(TimePart.Idle, At(8));
        Assert.Equal(9, _ledger.Report("j", At(9), ended: false).WallSeconds, 1e-9);
    }

    [Fact]
    public void A_clock_that_is_set_back_takes_no_second_away()
    {
        TrainUntil(end: 8);
        _ledger.Enter(TimePart.CheckpointStall, At(7));
        Assert.Equal(8, _ledger.Report("j", At(7.5), ended: false).WallSeconds, 1e-9);
        Assert.Equal(9, _ledger.Report("j", At(9), ended: false).WallSeconds, 1e-9);
    }

    [Fact]
    public void A_long_job_needs_no_more_memory_and_still_knows_its_newest_steps()
    {
        var clock = new StepClock();
        for (var step = 1; step <= 100_000; step++)
        {
            clock.Add(step, step * 0.01);
        }

        Assert.InRange(clock.Steps.Count, 100, 256);
        Assert.Equal(clock.Steps.Count, clock.Seconds.Count);
        Assert.Equal(999.37, clock.At(99_937), 1e-9);
        Assert.Equal(500, clock.At(50_000), 1e-6);
        Assert.Equal(1000, clock.At(200_000), 1e-9);
        Assert.Equal(0, clock.At(0), 1e-9);
    }
}
