namespace Granary.Bench.Measuring;

/// <summary>Lets contestants measure in turn, so that whatever else the machine does in the meantime meets all of them. The order
/// turns round by one from round to round.</summary>
internal static class Rounds
{
    /// <summary>Name of the product's own side.</summary>
    public const string Granary = "Granary";

    /// <summary>Runs all rounds. A peer that fails is left out from then on, and said to be; Granary's own failure is thrown.</summary>
    public static async Task<IReadOnlyList<Round>> Run(Session session, int count, IReadOnlyList<Contestant> contestants, CancellationToken cancellation)
    {
        var taking = contestants.ToList();
        var rounds = new List<Round>();
        for (var i = 0; i < count; i++)
        {
            var figures = new Dictionary<string, IReadOnlyDictionary<string, double>>();
            foreach (var contestant in Enumerable.Range(0, taking.Count).Select(k => taking[(i + k) % taking.Count]).ToArray())
            {
                try
                {
                    figures.Add(contestant.Name, await contestant.Measure(cancellation));
                }
                catch (ChildException e) when (contestant.Name != Granary)
                {
                    session.LeaveOut(contestant.Name, e.Message);
                    taking.Remove(contestant);
                }
            }

            rounds.Add(new Round(figures));
            session.Say($"  round {i + 1}/{count}");
        }

        return rounds;
    }
}
