namespace Granary.Jobs.Tests.Weights;

/// <summary>Job files whose rows have weights.</summary>
public sealed class RowWeightJobTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public RowWeightJobTests() => File.WriteAllText(Path.Combine(_folder, "d.csv"), "a,y,w\n1,2,3\n");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Job Parse(string data) => JobFile.Parse(
        $"version: 1\nmodel: {{ kind: softmax }}\ndata: {{ path: d.csv, {data} }}\ntraining: {{ epochs: 1 }}\n", "w.yaml", _folder, [], _folder);

    [Fact]
    public void The_column_is_kept_and_written()
    {
        var job = Parse("format: csv, label: y, weight: w");
        Assert.Equal("w", job.Data.Weight);
        Assert.Contains("\n  weight: \"w\"\n", JobFile.Write(job));
        Assert.DoesNotContain("\n  weight:", JobFile.Write(Parse("format: csv, label: y")));
        Assert.Contains("data.weight is w here, not given there", Continuation.Refusal(Parse("format: csv, label: y"), job));
    }

    [Theory]
    [InlineData("format: csv, label: y, weight: y", "w.yaml:3: data.weight is 'y', which is the label (data.label), too: a column is one of the two.")]
    [InlineData("format: csv, label: y, weight: w, ignore: [w]", "w.yaml:3: data.weight is 'w', which is ignored (data.ignore), too: a column is one of the two.")]
    [InlineData("format: csv, label: y, weight: w, columns: { w: numeric }", "w.yaml:3: data.weight is 'w', which is described as a feature (data.columns), too: a column is one of the two.")]
    [InlineData("format: libsvm, weight: w", "w.yaml:3: data.weight has no meaning for libsvm: it belongs to csv and parquet.")]
    public void What_does_not_go_together_gets_one_message(string data, string message) =>
        Assert.Equal(message, Assert.Throws<JobException>(() => Parse(data)).Message);

    // Shards without rows are among them.
    [Fact]
    public void Shards_add_up()
    {
        var none = new RowWeights(0, 0, double.PositiveInfinity, double.NegativeInfinity);
        Assert.Equal(
            new RowWeights(7, 3, 0.5, 4) { Evaluated = 2.5 },
            RowWeightPlan.Of(Parse("format: csv, label: y, weight: w"), [new(3, 3, 0.5, 2) { Evaluated = 2.5 }, none, new(4, 0, 4, 4)], [2, 0, 1]));
    }
}
