using System.Globalization;
using Granary.Bench.Calibration;
using Granary.Bench.Data;
using Granary.Bench.Measuring;
using Granary.Model.Files;

namespace Granary.Bench.Tables;

/// <summary>From a CSV file of 2 million rows and 30 columns of every form to a logistic model, and the memory that it takes. A side whose log-loss on rows held out is not near
/// that of the law that drew them has not done the work.</summary>
internal sealed class MixedComparison : IComparison
{
    private const int Many = 2_000_000, Few = 50_000, HeldOut = 100_000;
    private const int BytesOfNumber = 8;
    private const double Megabyte = 1e6;
    private const string Sklearn = "pandas + scikit-learn";
    private const string Lbfgs = "ML.NET L-BFGS";
    private const string Sdca = "ML.NET SDCA";
    private const string Seconds = "file to model";
    private const string Command = "file to model, whole command";
    private const string Memory = "greatest memory";
    private const string Once = "greatest memory, shared pages once";
    private const string Size = "greatest memory, shared pages once / a float64 for each cell";
    private const string SizeOfEach = "greatest memory, shared pages for each process / a float64 for each cell";
    private const string Loss = "log-loss of rows held out";

    // Where more steps would gain nothing that shows on the rows held out.
    private const double Tolerance = 1e-4;

    // What a side may lose against the law: a fixed part, and twice what estimating so many weights costs on average, weights / (2 rows).
    private const double Near = 0.0005;
    private const double Weights = 160;

    /// <inheritdoc/>
    public string Name => "mixed";

    /// <inheritdoc/>
    public async Task<Findings> Run(Session session, CancellationToken cancellation)
    {
        var rows = session.Quick ? Few : Many;
        var table = TableFiles.Write(Laws.Mixed, 1, rows, session.Quick ? Few : HeldOut, Path.Combine(session.Scratch, "mixed"));
        var near = Near + (Weights / rows);
        session.Say(string.Create(CultureInfo.InvariantCulture, $"  {rows:N0} rows, {new FileInfo(table.Train).Length / Megabyte:N0} MB; the law's log-loss on {table.Targets.Count:N0} held out: {table.Optimum:0.00000}, and {near:0.00000} more is allowed"));
        var sides = new Predictions(session);
        var contestants = new List<Contestant>
        {
            new Contestant(Contestant.Granary, stop => Granary(sides, table, near, stop)).Calibrated(session),
            new(Lbfgs, stop => Peer(sides, table, near, Lbfgs, sides.MlNet(MlNetLaw.ShortLbfgs), stop)),
            new(Sdca, stop => Peer(sides, table, near, Sdca, sides.MlNet(MlNetLaw.LongSdca), stop)),
        };
        if (await Peers.HasArithmetic(session, Sklearn, "python3-pandas python3-sklearn", "pandas, sklearn", cancellation))
        {
            contestants.Add(new Contestant(Sklearn, stop => Peer(sides, table, near, Sklearn, sides.Sklearn(calibrated: true), stop)));
        }

        var rounds = await Rounds.Run(session, Name, session.Quick ? 1 : 3, contestants, cancellation);
        return rounds.With(
        [
            .. Row.Of(rounds, Name, Seconds, Lbfgs, "s", Target.Most(0.5)),
            .. Row.Of(rounds, Name, Seconds, Sdca, "s", Target.Most(0.5)),
            .. Row.Of(rounds, Name, Seconds, Sklearn, "s", Target.Most(0.6)),
            .. Row.Alone(rounds, Name, Command, "s", null),
            .. Row.Alone(rounds, Name, Size, "", Target.Most(1.5)),
            .. Row.Alone(rounds, Name, SizeOfEach, "", null),
            .. Row.Alone(rounds, Name, Once, "MB", null),
            .. contestants.Skip(1).SelectMany(c => Row.Of(rounds, Name, Memory, c.Name, "MB", null)),
        ])
        with
        { Notes = [.. Notes(rounds, contestants, table, near)] };
    }

    private static async Task<Measurement> Granary(Predictions sides, TableFiles table, double near, CancellationToken cancellation)
    {
        var figures = new Dictionary<string, double>();
        var loss = await sides.OfGranary(table, Tolerance, async job =>
        {
            await using var memory = PeakMemory.Of(job.Pid);
            var opened = await job.Opened(table.Folder, cancellation);
            await job.Finish(cancellation);
            var ended = File.GetLastWriteTimeUtc(Path.Combine(job.Output, SavedModel.FileName));
            (figures[Seconds], figures[Command]) = ((ended - opened).TotalSeconds, (ended - job.Started).TotalSeconds);
            (figures[Memory], figures[Once]) = (memory.Megabytes, memory.MegabytesOnce);
            var megabytes = BytesOfNumber * (double)table.Rows * table.Law.Columns.Count / Megabyte;
            (figures[Size], figures[SizeOfEach]) = (memory.MegabytesOnce / megabytes, memory.Megabytes / megabytes);
        }, cancellation);
        figures[Loss] = Judged(table, loss, near, Contestant.Granary);
        return new Measurement(figures);
    }

    private static async Task<Measurement> Peer(Predictions sides, TableFiles table, double near, string who, Func<string, Child> start, CancellationToken cancellation)
    {
        var (said, loss) = await sides.OfPeer(table, Tolerance, start, cancellation);
        return new Measurement(new Dictionary<string, double>(Child.Figures(said))
        {
            [Seconds] = said["seconds"]!.GetValue<double>(),
            [Memory] = said["peak"]!.GetValue<double>(), // before it predicts
            [Loss] = Judged(table, loss, near, who),
        }, Arithmetic.Of(said));
    }

    private static double Judged(TableFiles table, double loss, double near, string who) => loss <= table.Optimum + near ? loss
        : throw new ChildException(string.Create(CultureInfo.InvariantCulture, $"{who} ended with a log-loss of {loss:0.00000} on the rows held out; the law's is {table.Optimum:0.00000}, and {near:0.00000} more is allowed"));

    private static IEnumerable<string> Notes(Measured measured, IEnumerable<Contestant> contestants, TableFiles table, double near)
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"{table.Rows:N0} rows. Log-loss of {table.Targets.Count:N0} rows held out; the law's own is {table.Optimum:0.00000}, and {near:0.00000} more is allowed:");
        foreach (var side in contestants)
        {
            var losses = measured.Rounds.Select(r => r.Of(side.Name, Loss)).Where(l => l is not null).Select(l => l!.Value.ToString("0.00000", CultureInfo.InvariantCulture));
            yield return $"- {side.Name}: {string.Join(", ", losses)}";
        }
    }
}
