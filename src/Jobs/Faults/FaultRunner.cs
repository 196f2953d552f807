using System.Collections.Concurrent;

namespace Granary.Jobs;

/// <summary>A fault that has been done.</summary>
/// <param name="At">When.</param>
/// <param name="Fault">What.</param>
/// <param name="Silos">To whom.</param>
/// <param name="Coordinator">The silo of the job's coordinator at that moment; null: not known.</param>
/// <param name="Step">Committed steps then.</param>
public sealed record FaultDone(DateTimeOffset At, Fault Fault, IReadOnlyList<string> Silos, string? Coordinator, long Step);

/// <summary>Carries out a plan, until every fault is done or the job has ended. Each line of the plan waits for its own time;
/// one blow falls at a time.</summary>
/// <param name="plan">The plan.</param>
/// <param name="ground">What it is done to.</param>
/// <param name="time">The clock.</param>
/// <param name="done">Told of each fault as it is done.</param>
public sealed class FaultRunner(FaultPlan plan, IFaultGround ground, TimeProvider time, Action<FaultDone> done)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    private readonly SemaphoreSlim _hand = new(1);
    private readonly long _began = time.GetTimestamp();

    /// <summary>Runs the plan. Returns the faults that were not done even once, for the job had ended before.</summary>
    public async Task<IReadOnlyList<PlannedFault>> Run(CancellationToken cancellation)
    {
        var strikes = await Task.WhenAll(
            plan.Faults.Select((planned, line) => Follow(planned, SeededRandom.For(plan.Seed, RandomPurpose.Faults, line, 0), cancellation)));
        return [.. plan.Faults.Where((_, line) => strikes[line] == 0)];
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
        for (var i = 0; i < (planned.When.Every is null ? 1 : planned.When.Times); i++)
        {
            await Task.WhenAll(lasting);
            if (!await Due(planned.When, random.NextDouble(), cancellation) || await Strike(planned, random.NextUInt64(), cancellation) is not { } first)
            {
                break;
            }

            lasting.Add(first.Over);
            if (planned.Again > 0)
            {
                await Task.Delay(TimeSpan.FromSeconds(planned.Again), time, cancellation);
                if (await Strike(planned, random.NextUInt64(), cancellation) is { } second)
                {
                    lasting.Add(second.Over);
                }
            }
        }
    }

    // False: the job has ended before.
    private async Task<bool> Due(FaultTime when, double draw, CancellationToken cancellation)
    {
        if (when.Every is { } every)
        {
            if (!await Until(v => v.Whole, cancellation))
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

    // Returns when the fault has begun, with the task of its end; null: the job has ended before. Whom it is meant for may be dead just
    // now, by another line of the plan: the blow falls when there is somebody again.
    private async Task<Blow?> Strike(PlannedFault planned, ulong draw, CancellationToken cancellation)
    {
        while (true)
        {
            await _hand.WaitAsync(cancellation);
            try
            {
                var view = await ground.Look(cancellation);
                if (view.Ended)
                {
                    return null;
                }

                var random = SeededRandom.For((long)draw, RandomPurpose.Faults, 0, 0);
                string[] living = [.. view.Silos.Keys];
                var silos = planned.Target.Length == 0 ? [] : FaultTarget.Choose(planned.Target, planned.Count, living, view.Coordinator, ref random);
                if (planned.Target.Length == 0 || silos.Count > 0)
                {
                    var at = time.GetUtcNow();
                    await ground.Begin(planned.Fault, silos, cancellation);
                    done(new FaultDone(at, planned.Fault, silos, view.Coordinator, view.Step));
                    var met = new ConcurrentDictionary<string, long>(silos.Select(s => KeyValuePair.Create(s, view.Silos[s])));
                    return new Blow(planned.Fault.Seconds > 0 ? Lift(planned, met, cancellation) : Task.CompletedTask);
                }
            }
            finally
            {
                _hand.Release();
            }

            await Task.Delay(LookEvery, time, cancellation);
        }
    }

    private async Task Lift(PlannedFault planned, ConcurrentDictionary<string, long> met, CancellationToken cancellation)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            // A look may take longer than the fault: whoever is frozen does not answer.
            await await Task.WhenAny(
                Task.Delay(TimeSpan.FromSeconds(planned.Fault.Seconds), time, over.Token), MeetNewcomers(planned, met, over.Token));
        }
        finally
        {
            await over.CancelAsync();
            await ground.End(planned.Fault, [.. met.Keys]);
        }
    }

    // What is done to all is done to those, too, that come while it lasts: a silo that was started again knows nothing of it. Returns when
    // the job has ended.
    private async Task MeetNewcomers(PlannedFault planned, ConcurrentDictionary<string, long> met, CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        while (await ground.Look(cancellation) is { Ended: false } view)
        {
            var rest = planned.Fault.Seconds - time.GetElapsedTime(began).TotalSeconds;
            if (planned.Target == FaultTarget.All && planned.Fault.IsWithin && rest > 0 && view.Silos.Except(met).ToArray() is { Length: > 0 } newcomers)
            {
                await ground.Begin(planned.Fault with { Seconds = rest }, [.. newcomers.Select(s => s.Key)], cancellation);
                foreach (var (name, incarnation) in newcomers)
                {
                    met[name] = incarnation;
                }
            }

            await Task.Delay(LookEvery, time, cancellation);
        }
    }

    // A fault that has begun, and the task of its end.
    private sealed record Blow(Task Over);
}
