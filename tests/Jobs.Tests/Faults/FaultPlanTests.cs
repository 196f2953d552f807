namespace Granary.Jobs.Tests;

/// <summary>Fault plans: what a file says, whom it means, and when it is done.</summary>
public class FaultPlanTests
{
    private static FaultPlan Parse(params string[] faults) =>
        FaultPlanFile.Parse("version: 1\nseed: 7\nfaults:\n" + string.Concat(faults.Select(f => $"  - {{ {f} }}\n")), "plan.yaml");

    [Fact]
    public void A_plan_is_read_with_every_number_in_its_place()
    {
        var plan = Parse(
            "at: 2, kill: any, count: 2, again: 0.5", "step: 40, slow: silo-2, factor: 3, for: 4", "every: [1, 2.5], times: 3, corrupt: all",
            "at: 0, delay: coordinator, milliseconds: 5, megabytesPerSecond: 100, for: 10", "at: 9, scale: 4", "at: 1, pause: job, for: 2",
            "at: 2, drop: silo-1, from: silo-2, for: 30");
        Assert.Equal(7, plan.Seed);
        Assert.Equal(
            [
                new(new(FaultKind.Kill), "any", new(2, null, null, int.MaxValue), 2, 0.5),
                new(new(FaultKind.Slow, 4, 3), "silo-2", new(null, 40, null, int.MaxValue), 1, 0),
                new(new(FaultKind.Corrupt), "all", new(null, null, (1, 2.5), 3), 1, 0),
                new(new(FaultKind.Delay, 10, 0, 5, 100), "coordinator", new(0, null, null, int.MaxValue), 1, 0),
                new(new(FaultKind.Scale, 0, 4), "", new(9, null, null, int.MaxValue), 1, 0),
                new(new(FaultKind.Pause, 2), "", new(1, null, null, int.MaxValue), 1, 0),
                new(new(FaultKind.Drop, 30, From: "silo-2"), "silo-1", new(2, null, null, int.MaxValue), 1, 0),
            ],
            plan.Faults);
    }

    [Theory]
    [InlineData("at: 1, kil: any", "plan.yaml:4: faults[0].kil is not a key of a fault plan; did you mean faults[0].kill?")]
    [InlineData("at: 1", "plan.yaml:4: faults[0] names no fault: it needs one of kill, terminate, freeze")]
    [InlineData("kill: any", "plan.yaml:4: faults[0].at is missing")]
    [InlineData("at: 1, step: 3, kill: any", "plan.yaml:4: faults[0].step stands beside at")]
    [InlineData("at: 1, kill: any, freeze: any", "plan.yaml:4: faults[0] names two faults, kill and freeze")]
    [InlineData("at: 1, freeze: any", "plan.yaml:4: faults[0].for is missing")]
    [InlineData("at: 1, kill: any, for: 3", "plan.yaml:4: faults[0].for is not a key of a fault plan")]
    [InlineData("at: -1, kill: any", "plan.yaml:4: faults[0].at is -1, but must be at least 0 seconds.")]
    [InlineData("at: 1, kill: any, times: 3", "plan.yaml:4: faults[0].times belongs to every.")]
    [InlineData("every: [3, 1], kill: any", "plan.yaml:4: faults[0].every is [3, 1], but the lower number comes first.")]
    [InlineData("every: soon, kill: any", "plan.yaml:4: faults[0].every holds 'soon'")]
    [InlineData("at: 1, scale: 0", "plan.yaml:4: faults[0].scale is 0, but must be at least 1.")]
    [InlineData("at: 1, pause: silo-1, for: 3", "plan.yaml:4: faults[0].pause is 'silo-1', but only the job can be paused")]
    [InlineData("at: 1, delay: any, for: 3", "plan.yaml:4: faults[0].delay delays nothing")]
    [InlineData("at: 1, kill: any, from: silo-1", "plan.yaml:4: faults[0].from is not a key of a fault plan")]
    [InlineData("at: 1, slow: any, factor: 0.5, for: 3", "plan.yaml:4: faults[0].factor is 0.5, but must be from 1 to 1000.")]
    public void A_damaged_plan_gets_one_message_with_its_line(string fault, string message) =>
        Assert.StartsWith(message, Assert.Throws<JobException>(() => Parse(fault)).Message);

    [Theory]
    [InlineData("", "plan.yaml:1: the fault plan is empty.")]
    [InlineData("version: 2", "plan.yaml:1: version is 2")]
    [InlineData("version: 1", "plan.yaml:1: faults is missing or empty")]
    [InlineData("version: 1\nfaults: 3", "plan.yaml:2: faults must be a list")]
    [InlineData("version: 1\nfaults: [3]", "plan.yaml:2: faults holds '3'")]
    public void So_does_a_damaged_file(string text, string message) =>
        Assert.StartsWith(message, Assert.Throws<JobException>(() => FaultPlanFile.Parse(text, "plan.yaml")).Message);

    [Fact]
    public void A_word_means_silos_and_the_same_draw_means_the_same_ones()
    {
        string[] living = ["silo-3", "silo-1", "silo-2"];
        IReadOnlyList<string> Choose(string target, int count, long seed)
        {
            var random = SeededRandom.For(seed, RandomPurpose.Faults, 0, 0);
            return FaultTarget.Choose(target, count, living, "silo-2", ref random);
        }

        Assert.Equal(["silo-1", "silo-2", "silo-3"], Choose("all", 1, 1));
        Assert.Equal(["silo-2"], Choose("coordinator", 1, 1));
        Assert.Equal(["silo-3"], Choose("silo-3", 1, 1));
        Assert.Empty(Choose("silo-9", 1, 1));
        Assert.Equal(2, Choose("any", 2, 1).Distinct().Count());
        Assert.Equal(["silo-1", "silo-2", "silo-3"], Enumerable.Range(0, 50).SelectMany(s => Choose("any", 1, s)).Distinct().Order());
        Assert.Equal(["silo-1", "silo-3"], Enumerable.Range(0, 50).SelectMany(s => Choose("others", 1, s)).Distinct().Order());
        Assert.Equal(Choose("any", 2, 5), Choose("any", 2, 5));
    }

    [Fact]
    public async Task Faults_are_done_when_the_plan_says_and_ended_after_their_time()
    {
        var plan = Parse("at: 3, kill: silo-1", "step: 100, freeze: silo-2, for: 2", "every: 1, times: 2, terminate: silo-3, again: 0.25");
        var clock = new RunningClock();
        var ground = new Ground(clock, stepsPerSecond: 20);
        await new FaultRunner(plan, ground, clock, ground.Done.Add).Run(TestContext.Current.CancellationToken);
        Assert.Equal(3, ground.When("kill silo-1").Single(), 0.8);
        Assert.Equal(5, ground.When("freeze silo-2").Single(), 0.8);
        Assert.Equal(2, ground.When("end freeze silo-2").Single() - ground.When("freeze silo-2").Single(), 0.8);
        var ends = ground.When("terminate silo-3");
        Assert.Equal(4, ends.Count);
        Assert.InRange(ends[1] - ends[0], 0.2, 0.8);
        Assert.True(ends[2] - ends[1] >= 2.5, $"{ends[2]} after {ends[1]}"); // 1 s after another process is there
        Assert.Equal(6, ground.Done.Count);
    }

    [Fact]
    public async Task A_plan_ends_with_its_job_and_leaves_nothing_frozen()
    {
        var clock = new RunningClock();
        var ground = new Ground(clock, stepsPerSecond: 20) { Steps = 60 };
        var plan = Parse("at: 1, freeze: any, for: 50", "every: 1, kill: any", "at: 500, kill: any");
        var missed = await new FaultRunner(plan, ground, clock, _ => { }).Run(TestContext.Current.CancellationToken);
        Assert.Contains(ground.Told, t => t.What.StartsWith("end freeze", StringComparison.Ordinal));
        Assert.True(clock.Seconds < 60);
        Assert.Equal([new FaultMissed(plan.Faults[2], 0)], missed);
    }

    [Fact]
    public async Task A_blow_waits_for_whom_it_is_meant_and_is_told_as_missed_where_nobody_comes()
    {
        var clock = new RunningClock();
        var ground = new Ground(clock, stepsPerSecond: 20) { Steps = 200, AwayUntil = 4 };
        var plan = Parse("at: 1, kill: coordinator", "at: 1, kill: silo-9", "every: 3, times: 9, kill: silo-2");
        var waiting = new List<PlannedFault>();
        var missed = await new FaultRunner(plan, ground, clock, ground.Done.Add, waiting.Add).Run(TestContext.Current.CancellationToken);
        Assert.Equal(4, ground.When("kill silo-1").Single(), 0.8);
        Assert.Equal([plan.Faults[0], plan.Faults[1]], waiting);
        Assert.Equal([new FaultMissed(plan.Faults[1], 0), new FaultMissed(plan.Faults[2], 2)], missed);
    }

    [Theory]
    [InlineData("at: 1, kill: silo-2", "kill silo-2")]
    [InlineData("at: 1, slow: all, factor: 2, for: 8", "slow silo-2")]
    public async Task A_blow_that_did_not_meet_whom_it_was_meant_for_falls_again(string line, string done)
    {
        var clock = new RunningClock();
        var ground = new Ground(clock, stepsPerSecond: 20) { Steps = 200, Escapes = "silo-2" };
        Assert.Empty(await new FaultRunner(Parse(line), ground, clock, ground.Done.Add).Run(TestContext.Current.CancellationToken));
        Assert.Equal(1, ground.When(done).Single(), 0.8);
        Assert.Single(ground.Done);
    }

    [Fact]
    public async Task What_is_done_to_all_meets_those_who_come_while_it_lasts()
    {
        var clock = new RunningClock();
        var ground = new Ground(clock, stepsPerSecond: 20) { AwayUntil = 3, AgainAt = 6 };
        var plan = Parse("at: 1, delay: all, milliseconds: 2, for: 8", "at: 1, slow: silo-3, factor: 2, for: 8");
        Assert.Empty(await new FaultRunner(plan, ground, clock, ground.Done.Add).Run(TestContext.Current.CancellationToken));
        Assert.Equal(1, ground.When("delay silo-2 silo-3").Single(), 0.8);
        Assert.Equal(3, ground.When("delay silo-1").Single(), 0.8);
        Assert.Equal(6, ground.When("delay silo-3").Single(), 0.8);
        Assert.Equal(9, ground.When("end delay silo-1 silo-2 silo-3").Single(), 0.8);
        Assert.Single(ground.When("slow silo-3")); // meant one process
        Assert.Equal(2, ground.Done.Count);
    }

    private sealed class Ground(RunningClock clock, double stepsPerSecond) : IFaultGround
    {
        public long Steps { get; init; } = long.MaxValue;

        // Until then the silo of the coordinator is dead.
        public double AwayUntil { get; init; }

        // Then silo-3 is another process.
        public double AgainAt { get; init; } = double.MaxValue;

        public List<FaultDone> Done { get; } = [];

        public List<(string What, double At)> Told { get; } = [];

        public IReadOnlyList<double> When(string what) => [.. Told.Where(t => t.What == what).Select(t => t.At)];

        public Task<FaultView> Look(CancellationToken cancellation)
        {
            var step = (long)(clock.Seconds * stepsPerSecond);
            var silos = new Dictionary<string, long> { ["silo-2"] = Process("silo-2"), ["silo-3"] = Process("silo-3") + (clock.Seconds < AgainAt ? 0 : 100) };
            if (clock.Seconds >= AwayUntil)
            {
                silos["silo-1"] = Process("silo-1");
            }

            return Task.FromResult(new FaultView(silos, "silo-1", step, true, step >= Steps));
        }

        // Whom a fault does not meet at the first try, though it lives.
        public string? Escapes { get; set; }

        public Task<IReadOnlyDictionary<string, long>> Begin(Fault fault, IReadOnlyDictionary<string, long> silos, CancellationToken cancellation)
        {
            var met = silos.Where(s => s.Key != Escapes).ToDictionary();
            Escapes = null;
            if (met.Count > 0)
            {
                Tell($"{Kebab.Name(fault.Kind)} {string.Join(' ', met.Keys.Order())}");
            }

            return Task.FromResult<IReadOnlyDictionary<string, long>>(met);
        }

        public Task End(Fault fault, IReadOnlyDictionary<string, long> silos)
        {
            Tell($"end {Kebab.Name(fault.Kind)} {string.Join(' ', silos.Keys.Order())}");
            return Task.CompletedTask;
        }

        // Another one 2 s after it was killed or told to stop: until then nobody has noticed.
        private int Process(string silo)
        {
            lock (Told)
            {
                return Told.Count(t => t.At + 2 <= clock.Seconds && (t.What == $"kill {silo}" || t.What == $"terminate {silo}"));
            }
        }

        private void Tell(string what)
        {
            lock (Told)
            {
                Told.Add((what, clock.Seconds));
            }
        }
    }

    // Time passes as it is waited for: the next timer that is due fires, one at a time.
    private sealed class RunningClock : TimeProvider
    {
        private readonly Lock _changing = new();
        private readonly List<(long Due, long Number, TimerCallback Call, object? State, Timer Timer)> _timers = [];
        private long _now;
        private long _number;

        public RunningClock() => new Thread(Run) { IsBackground = true }.Start();

        public double Seconds => Volatile.Read(ref _now) / (double)TimestampFrequency;

        public override long TimestampFrequency => 1_000_000;

        public override long GetTimestamp() => Volatile.Read(ref _now);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new Timer(this);
            lock (_changing)
            {
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    _timers.Add((_now + (long)(dueTime.TotalSeconds * TimestampFrequency), _number++, callback, state, timer));
                }
            }

            return timer;
        }

        private void Run()
        {
            while (true)
            {
                // Whoever runs may be about to wait, too: all of them get their turn before the clock goes on.
                Thread.Sleep(4);

                (long Due, long Number, TimerCallback Call, object? State, Timer Timer) next;
                lock (_changing)
                {
                    if (_timers.Count == 0)
                    {
                        continue;
                    }

                    next = _timers.MinBy(t => (t.Due, t.Number));
                    _timers.Remove(next);
                    _now = Math.Max(_now, next.Due);
                }

                next.Call(next.State);
            }
        }

        private sealed class Timer(RunningClock clock) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => false;

            public void Dispose()
            {
                lock (clock._changing)
                {
                    clock._timers.RemoveAll(t => t.Timer == this);
                }
            }

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
