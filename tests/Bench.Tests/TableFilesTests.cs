using System.Globalization;
using System.Security.Cryptography;
using Granary.Bench.Data;

namespace Granary.Bench.Tests;

public sealed class TableFilesTests : IDisposable
{
    private const int Rows = 3_000, HeldOut = 9_000;
    private const double Deviations = 5; // of the mean: a chance of one in a million to be beyond by accident

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-law-").FullName;

    public static TheoryData<string> Names => [.. All.Keys];

    private static Dictionary<string, TableLaw> All => new[] { Laws.Adult, Laws.Houses, Laws.Bikes, Laws.Mixed }.ToDictionary(l => l.Name);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private TableFiles Write(TableLaw law, int seed = 1, string place = "a") => TableFiles.Write(law, seed, Rows, HeldOut, Path.Combine(_folder, place));

    private static string Hash(string file) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)));

    [Theory, MemberData(nameof(Names))]
    public void A_seed_gives_the_same_bytes_and_another_one_others(string name)
    {
        var (first, again, other) = (Write(All[name]), Write(All[name], place: "b"), Write(All[name], seed: 2, place: "c"));
        Assert.Equal(Hash(first.Train), Hash(again.Train));
        Assert.Equal(Hash(first.HeldOut), Hash(again.HeldOut));
        Assert.NotEqual(Hash(first.Train), Hash(other.Train));
    }

    [Theory, MemberData(nameof(Names))]
    public void Files_have_the_header_the_rows_and_the_targets(string name)
    {
        var table = Write(All[name]);
        var (train, held) = (File.ReadAllLines(table.Train), File.ReadAllLines(table.HeldOut));
        Assert.Equal((table.Law.Header, table.Law.Header, Rows, HeldOut), (train[0], held[0], train.Length - 1, held.Length - 1));
        Assert.All(train.Concat(held), l => Assert.Equal(table.Law.Columns.Count + 1, l.Split(',').Length));
        Assert.Equal(table.Targets, held.Skip(1).Select(l => double.Parse(l.Split(',')[^1], CultureInfo.InvariantCulture)));
    }

    [Theory, MemberData(nameof(Names))]
    public void The_laws_own_means_cost_what_the_law_says(string name)
    {
        var table = Write(All[name]);
        var response = table.Law.Response;
        var losses = table.Targets.Zip(table.Means, response.Loss).ToArray();
        IsMean(losses, table.Means.Average(response.Least));
        Assert.Equal(response.Of(losses.Average()), table.Optimum, 1e-12);
        Assert.Equal(response.Of(table.Means.Average(response.Least)), table.Expected, 1e-12);
    }

    [Theory, MemberData(nameof(Names))]
    public void Targets_lie_about_their_means_wherever_these_are(string name)
    {
        var table = Write(All[name]);
        var tenths = table.Targets.Zip(table.Means, (target, mean) => (Error: target - mean, Mean: mean)).OrderBy(r => r.Mean).Chunk(HeldOut / 10);
        Assert.All(tenths, t => IsMean([.. t.Select(r => r.Error)], 0));
    }

    [Theory, MemberData(nameof(Names))]
    public void Nothing_that_is_not_the_mean_costs_less(string name)
    {
        var table = Write(All[name]);
        var average = table.Targets.Average();
        Assert.True(table.Figure([.. table.Means.Select(_ => average)]) > 1.05 * table.Optimum);
        Assert.True(table.Figure([.. table.Means.Select(m => 0.8 * m)]) > table.Optimum);
    }

    [Theory, MemberData(nameof(Names))]
    public void Cells_are_missing_as_often_as_the_law_says(string name)
    {
        var table = Write(All[name]);
        var rows = File.ReadLines(table.HeldOut).Skip(1).Select(l => l.Split(',')).ToArray();
        Assert.All(table.Law.Columns.Select((column, at) => (column, at)), c =>
        {
            var missing = (double)rows.Count(r => r[c.at].Length == 0) / HeldOut;
            var rate = c.column.MissingRate;
            Assert.InRange(missing, rate - (Deviations * Math.Sqrt(rate * (1 - rate) / HeldOut)), rate + (Deviations * Math.Sqrt(rate * (1 - rate) / HeldOut)));
        });
    }

    // An effect is of the cell that stands in the file: a rounded number, a text, a gap.
    [Fact]
    public void Effects_are_those_of_the_cells_in_the_file()
    {
        var table = Write(new TableLaw("plain", "y", new NumberResponse(0.1), 7,
        [
            new NumberCells("x", -2, 1, (d, _) => d.Normal(), missing: 0.2) { MissingEffect = 5 },
            new BooleanCells("b", 3, 0.4),
        ]));
        var cells = File.ReadLines(table.HeldOut).Skip(1).Select(l => l.Split(','));
        var means = cells.Select(c => 7 + (c[0].Length == 0 ? 5 : -2 * double.Parse(c[0], CultureInfo.InvariantCulture)) + (c[1] == "true" ? 3 : 0));
        Assert.All(means.Zip(table.Means), m => Assert.Equal(m.First, m.Second, 1e-12));
    }

    [Fact]
    public void Rows_of_a_category_have_its_effect_and_the_last_categories_are_rare()
    {
        var table = Write(new TableLaw("plain", "y", new ClassResponse(), 0, [new CategoryCells("c", 40, 1, 2, missing: 0.1) { MissingEffect = 0.25 }]));
        var rows = File.ReadLines(table.HeldOut).Skip(1).Select(l => l.Split(',')[0]).Zip(table.Means).GroupBy(r => r.First, r => r.Second).ToDictionary(g => g.Key, g => g.ToArray());
        Assert.All(rows.Values, means => Assert.Single(means.Distinct()));
        Assert.Equal(1 / (1 + Math.Exp(-0.25)), rows[""][0], 1e-12);
        Assert.InRange(rows.Values.Select(m => m[0]).Distinct().Count(), 30, 41);
        Assert.True(rows["c-0"].Length > 0.5 * HeldOut);
        Assert.InRange(rows.Values.Min(m => m.Length), 1, 20);
    }

    [Theory]
    [InlineData(-0.05, 1, "0")] // half to even, and no sign stays
    [InlineData(12.3400, 4, "12.34")]
    [InlineData(-3.0004, 3, "-3")]
    [InlineData(0.0007, 4, "0.0007")]
    [InlineData(123456789.75, 2, "123456789.75")]
    public void Numbers_are_written_as_they_are_read(double number, int decimals, string expected)
    {
        using var file = new MemoryStream();
        var row = new RowWriter(file);
        var value = row.Number(number, decimals);
        row.End();
        var text = System.Text.Encoding.ASCII.GetString(file.ToArray());
        Assert.Equal(value, double.Parse(text, CultureInfo.InvariantCulture));
        Assert.Equal(expected + "\n", text);
    }

    private static void IsMean(double[] values, double expected)
    {
        var mean = values.Average();
        var error = Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1) / values.Length);
        Assert.InRange(mean, expected - (Deviations * error), expected + (Deviations * error));
    }
}
