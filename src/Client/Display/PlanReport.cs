using System.Globalization;
using System.Text;
using Granary.Client.Planning;
using Granary.Jobs;

namespace Granary.Client.Display;

/// <summary>What plan prints: a step's parts on some numbers of silos, how it goes on with more of them, and advice.</summary>
/// <param name="Job">The job.</param>
/// <param name="Facts">The cluster.</param>
/// <param name="How">How the facts were measured; null: they were given.</param>
/// <param name="Silos">Numbers of silos to plan for.</param>
/// <param name="UpTo">Where the curve ends.</param>
/// <param name="ShardsToSuit">Whether the number of shards is not given: then each number of silos gets the shards that suit it.</param>
internal sealed record PlanReport(PlannedJob Job, ClusterFacts Facts, string? How, IReadOnlyList<int> Silos, int UpTo, bool ShardsToSuit)
{
    private const double Half = 0.5;
    private const double Most = 0.8;

    private bool Own => Job.CountsExamples;

    private IEnumerable<StepCost> Plans => Silos.Select(s => StepCost.Of(ShardsToSuit ? Job.WithShardsFor(s, Facts.Threads) : Job, Facts, s));

    /// <summary>As lines of text.</summary>
    /// <param name="width">Columns of the terminal; null: no limit.</param>
    public string Text(int? width)
    {
        var text = new StringBuilder();
        var work = Own ? $"{Quantity.OfCount(Facts.Flops)} examples/s a silo" : $"{Quantity.OfCount(Job.FlopsPerExample)} operations an example";
        Line(text, $"{Job.Job.Name}: {Job.Job.Model.Kind}, {Plural.Of(Job.Blocks.Weights, "weight")}, {work}, batch {Job.Batch:N0}{(ShardsToSuit ? "" : $" in {Plural.Of(Job.Shards, "shard")}")}");
        Line(text, $"{PlanOptions.Line(Facts, Own)}");
        if (How is not null)
        {
            Line(text, $"({How})");
        }

        Line(text, $"");
        var table = new TextTable(
            text: true, ">silos", ">step", ">compute", ">exchange", ">latency", ">wire", ">CPU", ">update", ">backup", ">sent", ">memory", ">computes", "bound by");
        foreach (var c in Plans)
        {
            table.Add(
                N(c.Silos), T(c.Total), T(c.Compute), T(c.Exchange), T(c.Latency), T(c.Wire), T(c.Handling), T(c.Update), T(c.Backup),
                Quantity.OfBytes(c.BytesSent), Quantity.OfBytes(c.Memory.Total), Percent(c.Efficiency), c.Bound + Idle(c));
        }

        text.Append(table.Text(width));
        AddCurve(text, width);
        return text.ToString();
    }

    private void AddCurve(StringBuilder text, int? width)
    {
        var curve = ScalingCurve.Of(Job, Facts, UpTo);
        Line(text, $"");
        Line(text, $"{(ShardsToSuit ? "On" : "With shards to suit, on")} more and more silos:");
        var table = new TextTable(text: true, ">silos", ">shards", ">step", ">examples/s", ">computes", "bound by");
        foreach (var c in curve.Points)
        {
            var mark = c == curve.Fastest ? "   <- fastest" : c == curve.Enough ? "   <- enough" : "";
            table.Add(N(c.Silos), N(c.Shards), T(c.Total), Quantity.OfCount(c.ExamplesPerSecond), Percent(c.Efficiency), c.Bound + mark);
        }

        text.Append(table.Text(width));
        Line(text, $"");
        if (curve.HalfBusy is { } half)
        {
            Line(text, $"Up to {Plural.Of(half.Silos, "silo")} at least half of the time is computing.");
        }

        Line(text, $"Beyond {Plural.Of(curve.Enough.Silos, "silo")} no number of them up to {UpTo:N0} takes a step more than 5 % faster.");
        foreach (var (silos, shards, batch, larger) in Advice())
        {
            Line(text, $"{Plural.Of(silos, "silo")}: {Plural.Of(shards, "shard")} {(shards == 1 ? "suits" : "suit")}; they compute half of the time with a batch of {batch:N0}, and 80 % with {larger:N0}.");
        }
    }

    private IEnumerable<(int Silos, int Shards, long Half, long Most)> Advice() => Silos.Where(s => s > 1).Select(s =>
    {
        var job = Job.WithShardsFor(s, Facts.Threads);
        return (s, job.Shards, BatchAdvice.For(job, Facts, s, Half), BatchAdvice.For(job, Facts, s, Most));
    });

    private static string N(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Percent(double part) => part.ToString("0%", CultureInfo.InvariantCulture);

    private static string T(double seconds) => Quantity.OfTime(seconds);

    private static string Idle(StepCost c) => c.Members < c.Silos ? string.Create(CultureInfo.InvariantCulture, $"; {c.Silos - c.Members:N0} idle, for want of shards") : "";

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture).TrimEnd()).Append('\n');

    /// <summary>As one JSON document: seconds, bytes, and rates per second.</summary>
    public object Document()
    {
        var curve = ScalingCurve.Of(Job, Facts, UpTo);
        return new
        {
            name = Job.Job.Name,
            model = Job.Job.Model.Kind,
            parameters = Job.Blocks.Weights,
            flopsPerExample = Own ? (double?)null : Job.FlopsPerExample,
            batch = Job.Batch,
            facts = new
            {
                options = PlanOptions.Line(Facts, Own),
                measured = How,
                flops = Own ? (double?)null : Facts.Flops,
                examplesPerSecond = Own ? Facts.Flops : (double?)null,
                bandwidth = double.IsInfinity(Facts.Bandwidth) ? (double?)null : Facts.Bandwidth,
                latency = Facts.Latency,
                handling = Facts.Handling,
                updating = Facts.Updating,
                adding = Facts.Adding,
                perShard = Facts.PerShard,
                perStep = Facts.PerStep,
                perMessage = Facts.PerMessage,
                threads = Facts.Threads,
                cores = Facts.Cores,
            },
            plans = Plans.Select(Cost),
            curve = curve.Points.Select(Cost),
            halfBusy = curve.HalfBusy?.Silos,
            enough = curve.Enough.Silos,
            fastest = curve.Fastest.Silos,
            advice = Advice().Select(a => new { silos = a.Silos, shards = a.Shards, batchForHalf = a.Half, batchFor80Percent = a.Most }),
        };
    }

    private static object Cost(StepCost c) => new
    {
        silos = c.Silos,
        members = c.Members,
        shards = c.Shards,
        step = c.Total,
        compute = c.Compute,
        exchange = c.Exchange,
        way = c.Latency,
        line = c.Wire,
        handling = c.Handling,
        update = c.Update,
        backup = c.Backup,
        examplesPerSecond = c.ExamplesPerSecond,
        computes = c.Efficiency,
        bound = c.Bound,
        bytesSentPerStep = c.BytesSent,
        memory = c.Memory.Total,
    };
}
