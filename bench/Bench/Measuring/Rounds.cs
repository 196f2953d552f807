using Granary.Bench.Quiet;

namespace Granary.Bench.Measuring;

/// <summary>Lets contestants measure in turn, so that whatever else the machine does in the meantime meets all of them. The order
/// turns round by one from round to round.</summary>
internal static class Rounds
{
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
                    attendance.Failed(i + 1, contestant.Name, Reason(e));
                    session.Say($"  round {i + 1}: {contestant.Name} failed: {Reason(e)}");
                }
            }

            var round = new Round(i + 1, sides, Quietness.Between(before, session.Clock.Now()));
            rounds.Add(round);
            session.Say($"  round {i + 1}/{count}{(round.Quietness is { IsQuiet: false } q ? $", not quiet: others had {q.Others + q.Stolen:0.0 %} of the cores' time" : "")}");
        }

        if (!rounds.Any(r => r.Sides.ContainsKey(Contestant.Granary)))
        {
            throw new ChildException($"Granary failed in every round: {attendance.Failures.Last(f => f.Side == Contestant.Granary).Reason}");
        }

        var measured = new Measured(rounds, attendance.Failures);
        var leftOut = Admission.LeftOut(measured, attendance, contestants.Select(c => c.Name));
        foreach (var (side, reason) in leftOut)
        {
            session.LeaveOut($"{comparison}: {side}", reason);
        }

        return measured.Without(leftOut.Keys);
    }

    private static string Reason(Exception e) => e switch
    {
        ChildException => e.Message,
        OperationCanceledException => $"it took longer than {Patience.TotalMinutes:0} minutes",
        _ => $"{e.GetType().Name}: {e.Message}",
    };
}
