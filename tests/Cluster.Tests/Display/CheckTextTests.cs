using System.Text.Json;
using Granary.Client.Display;
using Granary.Jobs;

namespace Granary.Cluster.Tests.Display;

public sealed class CheckTextTests
{
    private static string Text(DataReport data, long heldOut) => CheckText.Of(
        JsonSerializer.SerializeToElement(
            new { name = "trial", model = "softmax", shards = 2, trainingExamples = 90, validationExamples = heldOut, features = 3, parameters = 8, stepsPerEpoch = 9, data, warnings = Array.Empty<JobWarning>() },
            JsonSerializerOptions.Web),
        width: null);

    private static DataReport Data(IReadOnlyList<ColumnReport>? columns = null, SparseReport? sparse = null) => new(
        "csv", [new FileReport("t.csv", 100, null)], [], "kind", [new ClassReport("a", 45, 5), new ClassReport("b", 45, 5)], [], [], columns ?? [], null, sparse, ",");

    [Fact]
    public void Nothing_held_out_is_told_with_what_to_do_about_it()
    {
        Assert.Contains("90 to train on, none held out: set data.validation", Text(Data(), heldOut: 0), StringComparison.Ordinal);
        Assert.Contains("90 to train on, 10 held out\n", Text(Data(), heldOut: 10), StringComparison.Ordinal);
    }

    [Fact]
    public void What_came_of_the_fraction_is_told_where_rows_have_a_rule()
    {
        string Held(SplitReport split) => Text(Data() with { Split = split }, heldOut: 10).Split('\n').Single(l => l.StartsWith("held out", StringComparison.Ordinal));
        Assert.Equal("held out    18.75% of the rows (20% asked for), whole groups of 'user'", Held(new("groups", "user", 0.2, null, 0.1875, null)));
        Assert.Equal("held out    21.00% of the rows (20% asked for), the latest by 'day', from 2026-03-31 on", Held(new("time", "day", 0.2, null, 0.21, "2026-03-31")));
        Assert.Equal("held out    fold 2/5, 20.00% of the rows, of each class on its own", Held(new("classes", null, null, "2/5", 0.2, null)));
        Assert.Equal("held out    fold 2/5, 20.00% of the rows", Held(new("rows", null, null, "2/5", 0.2, null)));
        Assert.DoesNotContain("\nheld out", Text(Data(), heldOut: 10), StringComparison.Ordinal);
    }

    [Fact]
    public void A_job_by_steps_tells_how_many_they_are_and_what_is_trained()
    {
        var data = new DataReport("text", [new FileReport("t.txt", 100, null)], [], null, [], [], [], [], new TextReport("char", 5000, 40, ["a"], 0), null, null);
        var text = CheckText.Of(
            JsonSerializer.SerializeToElement(
                new
                {
                    name = "gpt",
                    model = "transformer",
                    shards = 2,
                    trainingExamples = 90,
                    validationExamples = 10,
                    features = 0,
                    parameters = 8000,
                    stepsPerEpoch = 9,
                    steps = 2000,
                    trained = 1500,
                    windows = "random",
                    data,
                    warnings = Array.Empty<JobWarning>(),
                },
                JsonSerializerOptions.Web),
            width: null);
        Assert.StartsWith("gpt: transformer, 8,000 weights, 2 shards, 9 steps an epoch, 2,000 in all\ntrained     1,500 of the weights; the others keep their values\n", text, StringComparison.Ordinal);
        Assert.Contains("an example is a window of them, which starts anywhere\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("in all", Text(Data(), heldOut: 0), StringComparison.Ordinal);
    }

    [Fact]
    public void Gaps_are_counted_and_it_is_said_what_fills_them()
    {
        ColumnReport Column(long missing) => new("x", false, 0, 1, 0.5, missing, 2);
        Assert.Contains("\n5 values are missing; the mean of the column's others is filled in\n", Text(Data([Column(2), Column(0), Column(3)]), 10), StringComparison.Ordinal);
        Assert.Contains("\n1 value is missing;", Text(Data([Column(1)]), 10), StringComparison.Ordinal);
        Assert.DoesNotContain("filled", Text(Data([Column(0)]), 10), StringComparison.Ordinal);
    }

    [Fact]
    public void Described_columns_are_told_with_kinds_and_first_rows()
    {
        ColumnReport[] columns =
        [
            new("joined", false, 19723, 19726.5, 19724, 0, 4) { Kind = "date" }, new("city", false, null, null, null, 7, 3) { Kind = "categorical" }, new("age", true, 18, 90, 40, 0, null) { Kind = "numeric" },
        ];
        var text = Text(Data(columns) with { Preview = new PreviewReport(["age", "city=Ulm"], [[-1.25, 0], [0.5, 1]]) }, 10);
        string[] lines = [.. text.Split('\n').Select(l => string.Join(' ', l.Split(' ', StringSplitOptions.RemoveEmptyEntries)))];
        Assert.Contains("joined date 2024-01-01 2024-01-04 2024-01-02 0 4", lines);
        Assert.Contains("city categorical - - - 7 3", lines);
        Assert.Contains("age whole 18 90 40 0 many", lines);
        Assert.Contains("7 values are missing; each column says what becomes of them", lines);
        Assert.Contains("first rows, as the model sees them row 1 row 2", lines);
        Assert.Contains("age -1.25 0.5", lines);
        Assert.Contains("city=Ulm 0 1", lines);
    }

    [Fact]
    public void What_a_sparse_file_gives_is_told_out_of_all_values() => Assert.Contains(
        "200 of 300 values are in the file, from 1 to 9; the others are 0", Text(Data(sparse: new SparseReport(200, 1, 9)), 10), StringComparison.Ordinal);
}
