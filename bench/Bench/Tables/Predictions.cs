using System.Globalization;
using Granary.Bench.Data;
using Granary.Bench.Measuring;
using Granary.Bench.Training;

namespace Granary.Bench.Tables;

/// <summary>Trains models of a generated table, each side in processes of its own, and has all of them judged by the same code.</summary>
/// <param name="session">The run.</param>
internal sealed class Predictions(Session session)
{
    private const int RowsOfShard = 125_000; // about
    private const int FewestShards = 2; // as many as silos

    /// <summary>Has Granary train.</summary>
    /// <param name="table">The table.</param>
    /// <param name="tolerance">The greatest component of the mean loss' gradient at which training may end.</param>
    /// <param name="trained">Is told of the job while it runs, and waits for its end.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The figure of the rows held out.</returns>
    public async Task<double> OfGranary(TableFiles table, double tolerance, Func<GranaryJob, Task> trained, CancellationToken cancellation)
    {
        var place = Place();
        await using var job = GranaryJob.Start(session, LawJob.Write(table, place + ".yaml", tolerance, Math.Max(FewestShards, table.Rows / RowsOfShard)));
        await trained(job);
        await using var predict = Child.Start(session, "dotnet", [session.Client, "predict", job.Output, "--input", table.HeldOut, "--output", place + ".csv"]);
        if (await predict.Exit(cancellation) != 0)
        {
            throw await predict.Failure(cancellation);
        }

        var lines = File.ReadAllLines(place + ".csv");
        var column = Array.IndexOf(lines[0].Split(','), table.Law.Response is ClassResponse ? "probability.1" : "prediction");
        return column < 0 ? throw new ChildException($"granary predict wrote the columns {lines[0]}") : table.Figure([.. lines.Skip(1).Select(l => Number(l.Split(',')[column]))]);
    }

    /// <summary>Has a peer train and predict.</summary>
    /// <param name="table">The table.</param>
    /// <param name="tolerance">The same as of Granary.</param>
    /// <param name="start">Starts the peer with the file that says what the columns are.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>What it said, and the figure of the rows held out.</returns>
    public async Task<(System.Text.Json.Nodes.JsonObject Said, double Figure)> OfPeer(
        TableFiles table, double tolerance, Func<string, Child> start, CancellationToken cancellation)
    {
        var place = Place();
        await using var peer = start(LawSpec.Write(table, place, tolerance));
        var said = await peer.Result(cancellation);
        return (said, table.Figure([.. File.ReadLines(place).Select(Number)]));
    }

    /// <summary>How scikit-learn is started.</summary>
    public Func<string, Child> Sklearn(bool calibrated = false) => spec => Child.StartPython(session, "law_sklearn.py", calibrated ? [spec, "arithmetic"] : [spec]);

    /// <summary>How ML.NET is started.</summary>
    public Func<string, Child> MlNet(string trainer) => spec => Child.StartPart(session, "mlnet-law", spec, trainer);

    private string Place() => Path.Combine(session.Scratch, $"law-{Guid.NewGuid():N}");

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
