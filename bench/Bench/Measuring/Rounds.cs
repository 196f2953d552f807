using Granary.Bench.Calibration;
using Granary.Bench.Quiet;

namespace Granary.Bench.Measuring;

/// <summary>Lets contestants measure in turn, so that whatever else the machine does in the meantime meets all of them. The order
/// turns round by one from round to round.</summary>
internal static class Rounds
{
    /// <summary>Name of the product's own side.</summary>
    public const string Granary = "Granary";

    // For a side that hangs; none is expected to take this long.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Runs all rounds. A side that fails has no figure in that round, and is said to have failed: see <see cref="Attendance"/>.</summary>
    /// <exception cref="ChildException">Granary has not one figure.</exception>
    public static async Task<Measured> Run(
        Session session, string comparison, int count, IReadOnlyList<Contestant> contestants, CancellationToken cancellation)
    {
        var attendance = new Attendance(count);
        var rounds = new List<Round>();
        for (var i = 0; i < count; i++)
        {
            var taking = contestants.Where(c => attendance.LeftOut(c.Name) is null).ToArray();
            var sides = new Dictionary<string, Measurement>();
            var before = session.Clock.Now();
            foreach (var contestant in Enumerable.Range(0, taking.Length).Select(k => taking[(i + k) % taking.Length]))
            {
                using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                time.CancelAfter(Patience);
                try
                {
                    var found = await contestant.Measure(time.Token);
                    sides.Add(contestant.Name, found with { Arithmetic = found.Arithmetic?.SeenFrom(session.Root) });
                }
                catch (Exception e) when (!cancellation.IsCancellationRequested)
                {
                    var reason = e switch
                    {
                        ChildException => e.Message,
                        OperationCanceledException => $"it took longer than {Patience.TotalMinutes:0} minutes",
                        _ => $"{e.GetType().Name}: {e.Message}",
                    };
                    attendance.Failed(i + 1, contestant.Name, reason);
                    session.Say($"  round {i + 1}: {contestant.Name} failed: {reason}");
                }
            }

            var round = new Round(i + 1, sides, Quietness.Between(before, session.Clock.Now()));
            rounds.Add(round);
            session.Say($"  round {i + 1}/{count}{(round.Quietness is { IsQuiet: false } q ? $", not quiet: others had {q.Others + q.Stolen:0.0 %} of the cores' time" : "")}");
        }

        return rounds.Any(r => r.Sides.ContainsKey(Granary))
            ? Allowed(session, comparison, new Measured(rounds, attendance.Failures), attendance, contestants)
            : throw new ChildException($"Granary failed in every round: {attendance.Failures.Last(f => f.Side == Granary).Reason}");
    }

    // Without the figures of those that are left out or refused.
    private static Measured Allowed(Session session, string comparison, Measured measured, Attendance attendance, IReadOnlyList<Contestant> contestants)
    {
        var without = new List<string>();
        var best = measured.Arithmetic.Where(a => a.Side == Granary || a.Library.Contains("libtorch_cpu", StringComparison.Ordinal)).Select(a => a.Gflops).DefaultIfEmpty(0).Max();
        foreach (var side in contestants.Select(c => c.Name))
        {
            var arithmetic = measured.Arithmetic.FirstOrDefault(a => a.Side == side);
            var reason = attendance.LeftOut(side)
                ?? (arithmetic is null || side == Granary ? null : BlasRule.Refusal(new Arithmetic(arithmetic.Library, arithmetic.Version, arithmetic.Gflops), best));
            if (reason is not null)
            {
                session.LeaveOut($"{comparison}: {side}", reason);
                without.Add(side);
            }
        }

        return without.Count == 0 ? measured : measured with
        {
            Rounds = [.. measured.Rounds.Select(r => r with { Sides = r.Sides.Where(s => !without.Contains(s.Key)).ToDictionary() })],
        };
    }
}
