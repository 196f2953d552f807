using System.Text.Json;
using CsCheck;

namespace Granary.Jobs.Tests.Figures;

/// <summary>Classifiers' figures beside scikit-learn's (tests/golden/classes.py).</summary>
public class ClassFiguresTests
{
    private const double Near = 1e-12;

    private static readonly JsonElement Golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "tests", "golden", "classes.json"))).RootElement;

    private static readonly JsonElement Weighted = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "tests", "golden", "weights.json"))).RootElement;

    private static double[] Doubles(JsonElement list) => [.. list.EnumerateArray().Select(e => e.GetDouble())];

    private static int[] Ints(JsonElement list) => [.. list.EnumerateArray().Select(e => e.GetInt32())];

    private static RankFigures Ranks(IEnumerable<(double Score, bool Is)> examples, ThresholdRule? rule = null)
    {
        var all = examples.OrderBy(e => e.Score).ToArray();
        var curve = new RankCurve(all.LongCount(e => e.Is), all.LongCount(e => !e.Is), rule);
        foreach (var (score, isOf) in all)
        {
            curve.Add(score, isOf ? 1 : 0, isOf ? 0 : 1);
        }

        return curve.Result();
    }

    private static (int, int, double)[] Confusion(int[] truths, int[] said) => [.. truths.Zip(said).GroupBy(p => p).Select(g => (g.Key.First, g.Key.Second, (double)g.Count()))];

    private static void SameTable(JsonElement table, ClassFigures figures)
    {
        Assert.All(Doubles(table.GetProperty("precision")), (p, k) => Assert.Equal(p, figures.Classes[k].Precision, Near));
        Assert.All(Doubles(table.GetProperty("recall")), (r, k) => Assert.Equal(r, figures.Classes[k].Recall, Near));
        Assert.All(Doubles(table.GetProperty("f1")), (f, k) => Assert.Equal(f, figures.Classes[k].F1, Near));
        Assert.All(Ints(table.GetProperty("support")), (n, k) => Assert.Equal(n, figures.Classes[k].Support));
    }

    private static void SameAverages(JsonElement averages, ClassFigures figures, bool areas, bool pooled)
    {
        foreach (var (name, ours) in new[] { ("macro", figures.Macro), ("micro", figures.Micro), ("weighted", figures.Weighted) })
        {
            var theirs = averages.GetProperty(name);
            Assert.Equal(theirs.GetProperty("precision").GetDouble(), ours.Precision, Near);
            Assert.Equal(theirs.GetProperty("recall").GetDouble(), ours.Recall, Near);
            Assert.Equal(theirs.GetProperty("f1").GetDouble(), ours.F1, Near);
            if (areas && (pooled || name != "micro"))
            {
                Assert.Equal(theirs.GetProperty("rocAuc").GetDouble(), ours.RocAuc!.Value, Near);
                Assert.Equal(theirs.GetProperty("averagePrecision").GetDouble(), ours.AveragePrecision!.Value, Near);
            }
        }
    }

    private static void SameProbabilities(JsonElement golden, ProbabilityFigures figures)
    {
        Assert.Equal(golden.GetProperty("brier").GetDouble(), figures.Brier, Near);
        Assert.Equal(golden.GetProperty("logLoss").GetDouble(), figures.LogLoss, Near);
        var calibration = golden.GetProperty("calibration");
        Assert.Equal(Ints(calibration.GetProperty("counts")).Select(n => (double)n), figures.Bins.Select(b => b.Count));
        var there = figures.Bins.Where(b => b.Count > 0).ToArray();
        Assert.All(Doubles(calibration.GetProperty("share")), (s, b) => Assert.Equal(s, there[b].Share!.Value, Near));
        Assert.All(Doubles(calibration.GetProperty("mean")), (m, b) => Assert.Equal(m, there[b].Probability!.Value, Near));
        Assert.Equal(calibration.GetProperty("error").GetDouble(), figures.CalibrationError, Near);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Of_two_classes_they_are_scikit_learn_s(int which)
    {
        var golden = Golden.GetProperty("binary")[which];
        var (p, y) = (Doubles(golden.GetProperty("p")), Ints(golden.GetProperty("y")));
        var tally = new ProbabilityTally();
        foreach (var (score, truth) in p.Zip(y))
        {
            tally.Add([1 - score, score], truth);
        }

        var ranks = Ranks(p.Zip(y, (s, t) => (s, t == 1)));
        var figures = ClassTable.Of(
            ["no", "yes"], Confusion(y, [.. p.Select(s => s >= 0.5 ? 1 : 0)]), tally.Sums, new Dictionary<int, RankFigures> { [1] = ranks }, null);
        Assert.Equal(golden.GetProperty("accuracy").GetDouble(), figures.Accuracy, Near);
        Assert.Equal(golden.GetProperty("rocAuc").GetDouble(), figures.Classes[1].RocAuc!.Value, Near);
        Assert.Equal(golden.GetProperty("averagePrecision").GetDouble(), figures.Classes[1].AveragePrecision!.Value, Near);
        Assert.Equal(JsonSerializer.Serialize(golden.GetProperty("confusion")), JsonSerializer.Serialize(figures.Confusion));
        SameTable(golden.GetProperty("table"), figures);
        SameAverages(golden.GetProperty("averages"), figures, areas: false, pooled: false);
        SameProbabilities(golden, figures.Probabilities!);

        // Points of the curves, all of which are drawn for so few examples.
        var points = golden.GetProperty("points");
        Assert.Equal(Doubles(points.GetProperty("thresholds")), ranks.Points.Select(c => c.Threshold));
        Assert.All(Doubles(points.GetProperty("recall")), (r, i) => Assert.Equal(r, ranks.Points[i].TruePositives / ranks.Positives, Near));
        Assert.All(Doubles(points.GetProperty("precision")), (q, i) =>
            Assert.Equal(q, ranks.Points[i].TruePositives / (ranks.Points[i].TruePositives + ranks.Points[i].FalsePositives), Near));

        foreach (var chosen in golden.GetProperty("chosen").EnumerateObject())
        {
            var cut = Ranks(p.Zip(y, (s, t) => (s, t == 1)), ThresholdRule.Parse(chosen.Name)).Chosen!.Value;
            // What the threshold says of the examples, counted again.
            var said = p.Select(s => s >= cut.Threshold).ToArray();
            var (right, wrong) = (said.Zip(y).Count(e => e.First && e.Second == 1), said.Zip(y).Count(e => e.First && e.Second == 0));
            Assert.Equal(((double)right, (double)wrong), (cut.TruePositives, cut.FalsePositives));
            double positives = y.Sum();
            var reached = chosen.Name switch
            {
                "f1" => 2 * right / (right + wrong + positives),
                "youden" => (right / positives) - (wrong / (y.Length - positives)),
                "accuracy" => (right + y.Length - positives - wrong) / y.Length,
                "recall>=0.9" => (double)right / (right + wrong),
                _ => right / positives,
            };
            Assert.Equal(chosen.Value.GetDouble(), reached, Near);
        }
    }

    [Fact]
    public void Of_several_classes_they_are_scikit_learn_s()
    {
        var golden = Golden.GetProperty("several")[0];
        double[][] p = [.. golden.GetProperty("p").EnumerateArray().Select(Doubles)];
        var y = Ints(golden.GetProperty("y"));
        var tally = new ProbabilityTally();
        foreach (var (row, truth) in p.Zip(y))
        {
            tally.Add(row, truth);
        }

        var ranks = Enumerable.Range(0, 5).ToDictionary(k => k, k => Ranks(p.Zip(y, (row, t) => (row[k], t == k))));
        var pooled = Ranks(p.Zip(y).SelectMany(e => e.First.Select((s, k) => (s, e.Second == k))));
        var figures = ClassTable.Of(
            ["a", "b", "c", "d", "e"], Confusion(y, [.. p.Select(row => Array.IndexOf(row, row.Max()))]), tally.Sums, ranks, pooled);
        Assert.Equal(golden.GetProperty("accuracy").GetDouble(), figures.Accuracy, Near);
        Assert.Equal(JsonSerializer.Serialize(golden.GetProperty("confusion")), JsonSerializer.Serialize(figures.Confusion));
        SameTable(golden.GetProperty("table"), figures);
        SameAverages(golden.GetProperty("averages"), figures, areas: true, pooled: false);
        SameProbabilities(golden, figures.Probabilities!);
        Assert.Equal(golden.GetProperty("pooled").GetProperty("rocAuc").GetDouble(), figures.Micro.RocAuc!.Value, Near);
        Assert.Equal(golden.GetProperty("pooled").GetProperty("averagePrecision").GetDouble(), figures.Micro.AveragePrecision!.Value, Near);
        foreach (var area in golden.GetProperty("rocAucs").EnumerateObject())
        {
            var row = figures.Classes[area.Name[0] - '0'];
            Assert.Equal(area.Value.GetDouble(), row.RocAuc!.Value, Near);
            Assert.Equal(golden.GetProperty("averagePrecisions").GetProperty(area.Name).GetDouble(), row.AveragePrecision!.Value, Near);
        }

        Assert.Null(figures.Classes[3].RocAuc); // it does not occur
        Assert.Null(figures.Classes[3].AveragePrecision);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Of_weighted_examples_they_are_scikit_learn_s_with_sample_weight(int which)
    {
        var golden = Weighted.GetProperty("figures")[which];
        double[][] p = [.. golden.GetProperty("p").EnumerateArray().Select(Doubles)];
        var (y, w, classes) = (Ints(golden.GetProperty("y")), Doubles(golden.GetProperty("weights")), p[0].Length);
        int[] said = [.. p.Select(row => classes == 2 ? row[1] >= 0.5 ? 1 : 0 : Array.IndexOf(row, row.Max()))];
        var tally = new ProbabilityTally();
        for (var i = 0; i < y.Length; i++)
        {
            tally.Add(p[i], y[i], w[i]);
        }

        var confusion = Enumerable.Range(0, y.Length).GroupBy(i => (y[i], said[i])).Select(g => (g.Key.Item1, g.Key.Item2, g.Sum(i => w[i]))).ToArray();
        var ranks = ClassTable.Ranked(classes).ToDictionary(k => k, k =>
        {
            var curve = new RankCurve(Enumerable.Range(0, y.Length).Sum(i => y[i] == k ? w[i] : 0), Enumerable.Range(0, y.Length).Sum(i => y[i] == k ? 0 : w[i]));
            foreach (var i in Enumerable.Range(0, y.Length).OrderBy(i => p[i][k]))
            {
                curve.Add(p[i][k], y[i] == k ? w[i] : 0, y[i] == k ? 0 : w[i]);
            }

            return curve.Result();
        });
        var figures = ClassTable.Of([.. Enumerable.Range(0, classes).Select(k => $"c{k}")], confusion, tally.Sums, ranks, null, y.Length);
        Assert.Equal(y.Length, figures.Examples);
        Assert.Equal(golden.GetProperty("accuracy").GetDouble(), figures.Accuracy, Near);
        Assert.All(golden.GetProperty("confusion").EnumerateArray().SelectMany(Doubles), (n, at) => Assert.Equal(n, figures.Confusion![at / classes][at % classes], 1e-10));
        Assert.All(Doubles(golden.GetProperty("table").GetProperty("precision")), (n, k) => Assert.Equal(n, figures.Classes[k].Precision, Near));
        Assert.All(Doubles(golden.GetProperty("table").GetProperty("recall")), (n, k) => Assert.Equal(n, figures.Classes[k].Recall, Near));
        Assert.All(Doubles(golden.GetProperty("table").GetProperty("f1")), (n, k) => Assert.Equal(n, figures.Classes[k].F1, Near));
        Assert.All(Doubles(golden.GetProperty("table").GetProperty("support")), (n, k) => Assert.Equal(n, figures.Classes[k].Support, 1e-10));
        SameAverages(golden.GetProperty("averages"), figures, areas: false, pooled: false);
        Assert.Equal(golden.GetProperty("brier").GetDouble(), figures.Probabilities!.Brier, Near);
        Assert.Equal(golden.GetProperty("logLoss").GetDouble(), figures.Probabilities.LogLoss, Near);
        foreach (var area in golden.GetProperty("rocAuc").EnumerateObject())
        {
            var row = figures.Classes[area.Name[0] - '0'];
            Assert.Equal(area.Value.GetDouble(), row.RocAuc!.Value, Near);
            Assert.Equal(golden.GetProperty("averagePrecision").GetProperty(area.Name).GetDouble(), row.AveragePrecision!.Value, Near);
        }
    }

    // However examples are spread over shards, every digit is the same.
    [Fact]
    public void Sums_over_shards_are_those_of_all_examples_to_the_bit() =>
        Gen.Select(Gen.Select(Gen.Double[0, 1], Gen.Bool).Array[1, 60], Gen.Int[0, 4].Array[60]).Sample((examples, shards) =>
        {
            var whole = new ProbabilityTally();
            var parts = Enumerable.Range(0, 5).Select(_ => new ProbabilityTally()).ToArray();
            foreach (var ((p, truth), i) in examples.Select((e, i) => (e, i)))
            {
                whole.Add(p, truth);
                parts[shards[i]].Add(p, truth);
            }

            var merged = ProbabilitySums.Of(parts.Select(t => t.Sums).Where(s => s.Count > 0).Reverse())!;
            Assert.Equal(JsonSerializer.Serialize(whole.Sums.Figures()), JsonSerializer.Serialize(merged.Figures()));
        });

    // Python's fractions: the sum is rounded once.
    [Fact]
    public void A_sum_is_the_nearest_double_to_the_exact_one()
    {
        Assert.Equal(1, new ExactSum([.. Enumerable.Repeat(0.1, 10)]).Value); // 0.9999999999999999 one after the other
        Assert.Equal(2, new ExactSum([1e100, 1, -1e100, 1]).Value);
        Assert.Equal(1 + Math.Pow(2, -52), new ExactSum([1, Math.Pow(2, -53), Math.Pow(2, -105)]).Value); // just above half-way
        Assert.Equal(1, new ExactSum([1, Math.Pow(2, -53), -Math.Pow(2, -105)]).Value);
        Assert.Equal(double.PositiveInfinity, new ExactSum([1, double.PositiveInfinity]).Value);
        Assert.True(double.IsNaN(new ExactSum([double.NaN, 1]).Value));
        Assert.Equal(0, new ExactSum().Value);
    }

    [Theory]
    [InlineData("f1", "f1")]
    [InlineData(" precision >= 0.90 ", "precision>=0.9")]
    [InlineData("recall>=1", "recall>=1")]
    [InlineData("precision", null)]
    [InlineData("precision>=0", null)]
    [InlineData("recall>=1.1", null)]
    [InlineData("f1>=0.5", null)]
    [InlineData("f2", null)]
    public void Rules_are_read_in_one_form(string text, string? rule) => Assert.Equal(rule, ThresholdRule.Parse(text)?.ToString());

    [Fact]
    public void Where_no_threshold_reaches_what_is_asked_none_is_chosen() =>
        Assert.Null(Ranks([(0.9, false), (0.8, true), (0.2, false)], ThresholdRule.Parse("precision>=0.9")).Chosen);

    // Millions of scores leave some hundred points, each of them on the curve.
    [Fact]
    public void A_curve_of_many_scores_has_few_points()
    {
        var random = SeededRandom.For(3, RandomPurpose.Permutation, 0, 0);
        var order = random.Permutation(50_000);
        var examples = order.Select((at, i) => ((double)i / order.Length, at % 3 == 0)).ToArray();
        var ranks = Ranks(examples);
        Assert.InRange(ranks.Points.Count, 300, 700);
        var above = ranks.Points[ranks.Points.Count / 2];
        Assert.Equal(examples.Count(e => e.Item1 >= above.Threshold && e.Item2), above.TruePositives);
        Assert.Equal(1, ranks.Points[^1].TruePositives + ranks.Points[^1].FalsePositives);
    }
}
