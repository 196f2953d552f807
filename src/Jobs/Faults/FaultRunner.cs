namespace Granary.Jobs;

/// <summary>A fault that has been done.</summary>
/// <param name="At">When.</param>
/// <param name="Fault">What.</param>
/// <param name="Silos">The silos hit.</param>
/// <param name="Coordinator">The silo of the job's coordinator at that moment; null: not known.</param>
/// <param name="Step">Committed steps then.</param>
public sealed record FaultDone(DateTimeOffset At, Fault Fault, IReadOnlyList<string> Silos, string? Coordinator, long Step);

/// <summary>A line of a plan that was not done as often as it says, for the job had ended before.</summary>
/// <param name="Planned">The line.</param>
/// <param name="Done">How many times it was injected, repeats counted.</param>
public sealed record FaultMissed(PlannedFault Planned, int Done);

/// <summary>Carries out a plan, until every fault is done or the job has ended. Each line of the plan waits for its own time;
/// one fault is injected at a time.</summary>
/// <param name="plan">The plan.</param>
/// <param name="ground">What it is done to.</param>
/// <param name="time">The clock.</param>
/// <param name="done">Told of each fault as it is done.</param>
/// <param name="waits">Told of a line whose time has come, but whose target matches no living silo just then.</param>
public sealed class FaultRunner(FaultPlan plan, IFaultGround ground, TimeProvider time, Action<FaultDone> done, Action<PlannedFault>? waits = null)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    private readonly SemaphoreSlim _oneAtATime = new(1);
    private readonly long _began = time.GetTimestamp();

    /// <summary>Runs the plan. Returns what was not done, for the job had ended before.</summary>
    public async Task<IReadOnlyList<FaultMissed>> Run(CancellationToken cancellation)
    {
        var injected = await Task.WhenAll(
            plan.Faults.Select((planned, line) => Follow(planned, SeededRandom.For(plan.Seed, RandomPurpose.Faults, line, 0), cancellation)));
        return [.. plan.Faults.Select((planned, line) => new FaultMissed(planned, injected[line])).Where(m => m.Done < (m.Planned.Times ?? 1))];
    }

    private async Task<int> Follow(PlannedFault planned, SeededRandom random, CancellationToken cancellation)
    {
        var lasting = new List<Task>();
        try
        {
            await Follow(planned, random, lasting, cancellation);
            return lasting.Count;
        }
        finally
        {
            await Task.WhenAll(lasting); // also where the plan is given up: nothing may stay frozen
        }
    }

    private async Task Follow(PlannedFault planned, SeededRandom random, List<Task> lasting, CancellationToken cancellation)
    {
        IReadOnlyDictionary<string, long> before = new Dictionary<string, long>();
        for (var i = 0; i < (planned.When.Every is null ? 1 : planned.When.Times); i++)
        {
            await Task.WhenAll(lasting);
            if (!await Due(planned, before, random.NextDouble(), cancellation) || await Inject(planned, random.NextUInt64(), cancellation) is not { } first)
            {
                break;
            }

            lasting.Add(first.Over);
            before = first.Met;
            if (planned.Again > 0)
            {
                await Task.Delay(TimeSpan.FromSeconds(planned.Again), time, cancellation);
                if (await Inject(planned, random.NextUInt64(), cancellation) is { } second)
                {
                    lasting.Add(second.Over);
                    before = second.Met;
                }
            }
        }
    }

    // False: the job has ended before. A silo that was killed may count as living for a moment, until the cluster notices.
    private async Task<bool> Due(PlannedFault planned, IReadOnlyDictionary<string, long> before, double draw, CancellationToken cancellation)
    {
        var when = planned.When;
        var ends = planned.Fault.Kind is FaultKind.Kill or FaultKind.Terminate;
        if (when.Every is { } every)
        {
            if (!await Until(v => v.Whole && !(ends && before.Intersect(v.Silos).Any()), cancellation))
            {
                return false;
            }

            await Task.Delay(TimeSpan.FromSeconds(every.Least + (draw * (every.Most - every.Least))), time, cancellation);
            return await Until(_ => true, cancellation);
        }

        return await Until(v => when.Step is { } step ? v.Step >= step : time.GetElapsedTime(_began).TotalSeconds >= when.Seconds, cancellation);
    }

    private async Task<bool> Until(Func<FaultView, bool> condition, CancellationToken cancellation)
    {
        while (true)
        {
            var view = await ground.Look(cancellation);
            if (view.Ended || condition(view))
            {
                return !view.Ended;
            }

            await Task.Delay(LookEvery, time, cancellation);
        }
    }

    // Returns when the fault has begun, with the task of its end; null: the job has ended before. The target may be dead just now, by
    // another line of the plan: the fault is injected when there is a target again.
    private async Task<Injection?> Inject(PlannedFault planned, ulong draw, CancellationToken cancellation)
    {
        for (var tries = 0; ; tries++)
        {
            await _oneAtATime.WaitAsync(cancellation);
            try
            {
                var view = await ground.Look(cancellation);
                if (view.Ended)
                {
                    return null;
                }

                if (await Hit(planned, view, draw, cancellation) is { } met)
                {
                    return new Injection(met, planned.Fault.Seconds > 0 ? ClearWhenDue(planned, met, cancellation) : Task.CompletedTask);
                }
            }
            finally
            {
                _oneAtATime.Release();
            }

            if (tries == 0)
            {
                waits?.Invoke(planned);
            }

            await Task.Delay(LookEvery, time, cancellation);
        }
    }

    // The silos hit; null: no living silo matches the target.
    private async Task<IReadOnlyDictionary<string, long>?> Hit(PlannedFault planned, FaultView view, ulong draw, CancellationToken cancellation)
    {
        var random = SeededRandom.For((long)draw, RandomPurpose.Faults, 0, 0);
        string[] living = [.. view.Silos.Keys];
        var meant = planned.Target.Length == 0 ? [] : FaultTarget.Choose(planned.Target, planned.Count, living, view.Coordinator, ref random);
        if (planned.Target.Length > 0 && meant.Count == 0)
        {
            return null;
        }

        var at = time.GetUtcNow();
        var met = await ground.Begin(planned.Fault, meant.ToDictionary(s => s, s => view.Silos[s]), cancellation);
        if (planned.Target.Length > 0 && met.Count == 0)
        {
            return null;
        }

        done(new FaultDone(at, planned.Fault, [.. met.Keys.Order(StringComparer.Ordinal)], view.Coordinator, view.Step));
        return met;
    }

    private async Task ClearWhenDue(PlannedFault planned, IReadOnlyDictionary<string, long> met, CancellationToken cancellation)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var all = new Dictionary<string, long>(met);
        var newcomers = MeetNewcomers(planned, all, over.Token);
        try
        {
            // A look may take longer than the fault: a frozen silo does not answer.
            await await Task.WhenAny(Task.Delay(TimeSpan.FromSeconds(planned.Fault.Seconds), time, over.Token), newcomers);
        }
        finally
        {
            await over.CancelAsync();
            await newcomers.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // no silo is hit after the end
            await ground.End(planned.Fault, all);
        }
    }

    // A fault for all silos is injected into those, too, that join while it lasts: a restarted silo has lost it. Returns when the job has
    // ended.
    private async Task MeetNewcomers(PlannedFault planned, Dictionary<string, long> met, CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        while (await ground.Look(cancellation) is { Ended: false } view)
        {
            var rest = planned.Fault.Seconds - time.GetElapsedTime(began).TotalSeconds;
            if (planned.Target == FaultTarget.All && planned.Fault.IsWithin && rest > 0)
            {
                var newcomers = view.Silos.Except(met).ToDictionary();
                if (newcomers.Count > 0)
                {
                    foreach (var (name, process) in await ground.Begin(planned.Fault with { Seconds = rest }, newcomers, cancellation))
                    {
                        met[name] = process;
                    }
                }
            }

            await Task.Delay(LookEvery, time, cancellation);
        }
    }

    // A fault that has begun, the silos hit, and the task of its end.
    private sealed record Injection(IReadOnlyDictionary<string, long> Met, Task Over);
}
