using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Bench.Calibration;
using Granary.Bench.Measuring;
using Granary.Bench.Training;
using Granary.Model.Files;

namespace Granary.Bench.Tables;

/// <summary>From a CSV file to a logistic model within 0.001 of the lowest log-loss there is. A side that does not get that near has not
/// done the work. Granary runs twice: the second time it may find what the first has put beside the source.</summary>
internal sealed class TableComparison : IComparison
{
    private const double Near = 0.001;
    private const string MlNet = "ML.NET L-BFGS";
    private const string Sklearn = "pandas + scikit-learn";
    private const string First = "first run";
    private const string Second = "second run";
    private const string Command = "first run, whole command";

    /// <inheritdoc/>
    public string Name => "csv";

    /// <inheritdoc/>
    public async Task<Findings> Run(Session session, CancellationToken cancellation)
    {
        using var table = GeneratedTable.Write(Path.Combine(session.Scratch, "table"));
        var job = JobFile(session, table);
        var contestants = new List<Contestant>
        {
            new Contestant(Contestant.Granary, stop => Granary(session, table, job, stop)).Calibrated(session),
            new(MlNet, async stop =>
            {
                await using var run = Child.StartPart(session, ["mlnet", table.Path]);
                return Judged(table, await run.Result(stop), MlNet);
            }),
        };
        if (await Peers.HasArithmetic(session, Sklearn, "python3-pandas python3-sklearn", "pandas, sklearn", cancellation))
        {
            contestants.Add(new Contestant(Sklearn, async stop =>
            {
                await using var run = Child.StartPython(session, "table_sklearn.py", [table.Path]);
                return Judged(table, await run.Result(stop), Sklearn);
            }));
        }

        var rounds = await Rounds.Run(session, Name, session.Quick ? 1 : 5, contestants, cancellation);
        return rounds.With(
        [
            .. Row.Of(rounds, Name, First, MlNet, "s", Target.Most(0.8)),
            .. Row.Of(rounds, Name, Second, Sklearn, "s", Target.Most(0.5)),
            .. Row.Of(rounds, Name, First, Sklearn, "s", null),
            .. Row.Alone(rounds, Name, Command, "s", null),
        ]);
    }

    private static string JobFile(Session session, GeneratedTable table)
    {
        var path = Path.Combine(session.Scratch, "table.yaml");
        File.WriteAllText(path, $$"""
            version: 1
            name: bench-table
            model: { kind: logistic }
            data: { format: csv, path: {{table.Path}}, label: label, standardize: true, shards: 2 }
            training:
              epochs: 40
              optimizer: { kind: lbfgs, tolerance: 0.0005 }

            """);
        return path;
    }

    private static async Task<Measurement> Granary(Session session, GeneratedTable table, string job, CancellationToken cancellation)
    {
        var folder = Path.GetDirectoryName(table.Path)!;
        foreach (var cached in Directory.EnumerateFileSystemEntries(folder).Where(f => f != table.Path).ToArray())
        {
            if (Directory.Exists(cached))
            {
                Directory.Delete(cached, recursive: true);
            }
            else
            {
                File.Delete(cached);
            }
        }

        var (first, command) = await Once();
        var (second, _) = await Once();
        return new Measurement(new Dictionary<string, double> { [First] = first, [Command] = command, [Second] = second });

        async Task<(double Seconds, double Command)> Once()
        {
            await using var run = GranaryJob.Start(session, job);
            var opened = await run.Opened(folder, cancellation); // the check before the job reads all of it
            await run.Finish(cancellation);
            var ended = File.GetLastWriteTimeUtc(Path.Combine(run.Output, SavedModel.FileName));
            Judge(table, Coefficients(TrainedModel.Load(run.Output)), "Granary");
            return ((ended - opened).TotalSeconds, (ended - run.Started).TotalSeconds);
        }
    }

    // The job standardises; the table is judged as it is.
    private static double[] Coefficients(TrainedModel model)
    {
        var scaling = model.Facts.Scaling!;
        var weights = Enumerable.Range(0, GeneratedTable.Features).Select(f => model.Weights[f] / scaling.Deviation[f]).ToArray();
        return [.. weights, model.Weights[GeneratedTable.Features] - weights.Select((w, f) => w * scaling.Mean[f]).Sum()];
    }

    private static Measurement Judged(GeneratedTable table, JsonObject result, string who)
    {
        Judge(table, [.. result["model"]!.AsArray().Select(w => w!.GetValue<double>())], who);
        var seconds = result["seconds"]!.GetValue<double>();
        return new Measurement(new Dictionary<string, double> { [First] = seconds, [Second] = seconds }, Arithmetic.Of(result));
    }

    private static void Judge(GeneratedTable table, double[] model, string who)
    {
        var loss = table.Loss(model);
        if (loss > table.Optimum + Near)
        {
            throw new ChildException(string.Create(
                CultureInfo.InvariantCulture, $"{who} ended with a log-loss of {loss:0.00000}; the optimum is {table.Optimum:0.00000}, and {Near} more is allowed"));
        }
    }
}
