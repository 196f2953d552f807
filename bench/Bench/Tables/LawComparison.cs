using System.Globalization;
using Granary.Bench.Data;
using Granary.Bench.Measuring;

namespace Granary.Bench.Tables;

/// <summary>How good the linear models of three tables are on rows held out, where the law that drew the rows is known: five seeds, each a table of its own. All
/// sides have the same rows and the same penalty, and the same features, but that ML.NET has one for the rarest categories too.</summary>
internal sealed class LawComparison : IComparison
{
    private const string Sklearn = "scikit-learn";
    private const string Lbfgs = "ML.NET L-BFGS";
    private const string Sdca = "ML.NET SDCA";
    private const string Law = "the law";
    private const double Tolerance = 1e-5;

    // What two ways to the same optimum may differ by.
    private const double Noise = 1.001;

    private static readonly (TableLaw Law, int Rows, int HeldOut)[] Works = [(Laws.Adult, 30_000, 15_000), (Laws.Houses, 15_000, 7_500), (Laws.Bikes, 14_000, 6_000)];

    /// <inheritdoc/>
    public string Name => "tables";

    /// <inheritdoc/>
    public async Task<Findings> Run(Session session, CancellationToken cancellation)
    {
        var (sides, made) = (new Predictions(session), new Dictionary<(string, int), TableFiles>());
        var contestants = new List<Contestant>
        {
            Of(Contestant.Granary, Works, (table, stop) => sides.OfGranary(table, Tolerance, job => job.Finish(stop), stop)),
            Of(Lbfgs, Works.Where(w => w.Law != Laws.Houses), async (table, stop) => (await sides.OfPeer(table, Tolerance, sides.MlNet(MlNetLaw.Lbfgs), stop)).Figure),
            Of(Sdca, Works.Where(w => w.Law != Laws.Bikes), async (table, stop) => (await sides.OfPeer(table, Tolerance, sides.MlNet(MlNetLaw.Sdca), stop)).Figure),
            Of(Law, Works, (table, _) => Task.FromResult(table.Optimum)),
        };
        if (Peers.Has(session, Sklearn, "python3-pandas python3-sklearn", "pandas, sklearn"))
        {
            contestants.Insert(1, Of(Sklearn, Works, async (table, stop) => (await sides.OfPeer(table, Tolerance, sides.Sklearn(), stop)).Figure));
        }

        var rounds = await Rounds.Run(session, Name, session.Quick ? 1 : 5, contestants, cancellation);
        var rows = Works.SelectMany(w => new[] { Sklearn, Lbfgs, Sdca, Law }
            .SelectMany(peer => Row.Of(rounds, Name, Work(w.Law), peer, "", peer == Law ? null : Target.Most(Noise)))).ToArray();
        return rounds.With(rows) with { Notes = [.. Works.SelectMany(w => Note(w.Law, w.Rows, w.HeldOut, rounds, made))] };

        // Every side meets the seeds in the same order.
        Contestant Of(string name, IEnumerable<(TableLaw Law, int Rows, int HeldOut)> works, Func<TableFiles, CancellationToken, Task<double>> figure)
        {
            var seed = 0;
            return new Contestant(name, async stop =>
            {
                seed++;
                var figures = new Dictionary<string, double>();
                foreach (var (law, rows, heldOut) in works)
                {
                    figures.Add(Work(law), await figure(Table(law, rows, heldOut, seed), stop));
                    session.Say(string.Create(CultureInfo.InvariantCulture, $"    seed {seed}, {Work(law)}: {name} {figures[Work(law)]:G7}"));
                }

                return new Measurement(figures);
            });
        }

        TableFiles Table(TableLaw law, int rows, int heldOut, int seed)
        {
            if (!made.TryGetValue((law.Name, seed), out var table))
            {
                made.Add((law.Name, seed), table = TableFiles.Write(law, seed, rows, heldOut, Path.Combine(session.Scratch, string.Create(CultureInfo.InvariantCulture, $"{law.Name}-{seed}"))));
            }

            return table;
        }
    }

    private static string Work(TableLaw law) => $"{law.Name}: {law.Response.Figure} of rows held out";

    // Means and deviations over the seeds, as a table of Markdown.
    private static IEnumerable<string> Note(TableLaw law, int rows, int heldOut, Measured measured, Dictionary<(string, int), TableFiles> made)
    {
        var seeds = made.Count(m => m.Key.Item1 == law.Name);
        yield return string.Create(CultureInfo.InvariantCulture, $"{law.Name}: {law.Response.Figure} of {heldOut:N0} rows held out, {rows:N0} to train on, {seeds} seeds");
        yield return "";
        yield return "| side | mean | deviation | Granary less this side, seed by seed: mean | deviation |";
        yield return "| --- | --- | --- | --- | --- |";
        foreach (var side in new[] { Contestant.Granary, Sklearn, Lbfgs, Sdca, Law })
        {
            var own = measured.Rounds.Select(r => r.Of(side, Work(law))).Where(f => f is not null).Select(f => f!.Value).ToArray();
            var less = measured.Rounds.Select(r => r.Of(Contestant.Granary, Work(law)) - r.Of(side, Work(law))).Where(f => f is not null).Select(f => f!.Value).ToArray();
            if (own.Length > 0)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"| {side} | {own.Average():G6} | {Deviation(own):G2} | {(side == Contestant.Granary || less.Length == 0 ? "" : $"{less.Average():G2}")} | {(side == Contestant.Granary ? "" : $"{Deviation(less):G2}")} |");
            }
        }

        var expected = made.Where(m => m.Key.Item1 == law.Name).Select(m => m.Value.Expected).ToArray();
        yield return string.Create(CultureInfo.InvariantCulture, $"| the law, over all targets there could be | {expected.Average():G6} | {Deviation(expected):G2} | | |");
        yield return "";
    }

    // Of a sample.
    private static double Deviation(double[] figures)
    {
        var mean = figures.DefaultIfEmpty(0).Average();
        return figures.Length < 2 ? 0 : Math.Sqrt(figures.Sum(f => (f - mean) * (f - mean)) / (figures.Length - 1));
    }
}
