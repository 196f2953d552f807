using Granary.Jobs;
using Granary.Model.Data;

namespace Granary.Model.Tests.Data;

/// <summary>Columns that programs write beside the data.</summary>
public sealed class IndexColumnTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static DataSection Csv(string path) => new() { Format = "csv", Path = path, Label = "y", Shards = 2 };

    [Theory]
    [InlineData("", "the first column, which has no name,")]
    [InlineData("Unnamed: 0", "column 'Unnamed: 0'")]
    [InlineData("Unnamed: 0.1", "column 'Unnamed: 0.1'")]
    [InlineData("__index_level_0__", "column '__index_level_0__'")]
    public void They_are_left_out_and_said(string name, string said)
    {
        var path = _folder.Write("d.csv", $"{name},a,y\n" + string.Concat(Enumerable.Range(0, 10).Select(i => $"row {i},{i * i},{(i < 5 ? "p" : "q")}\n")));
        var found = DataCheck.Inspect(DataFolder.Job(Csv(path)), 2, withColumns: true);
        Assert.Equal(["a"], found.Facts.Columns);
        Assert.Equal([name], found.Report.LeftOut);
        var warning = Assert.Single(found.Warnings);
        Assert.Equal("index-column", warning.Kind);
        Assert.StartsWith($"d.csv: {said} is left out", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_job_names_itself_is_not_guessed()
    {
        var path = _folder.Write("d.csv", "Unnamed: 0,a,y,Unnamed: 1\n1,2,p,1\n2,3,q,2\n3,5,p,1\n");
        var labelled = DataCheck.Inspect(DataFolder.Job(Csv(path) with { Label = "Unnamed: 1", Ignore = ["Unnamed: 0", "y"] }), 1, withColumns: false);
        Assert.Equal(["a"], labelled.Facts.Columns);
        Assert.Empty(labelled.Warnings);
        var unnamed = Csv(_folder.Write("e.csv", ",a,y\n0,1,p\n1,2,q\n")) with { Ignore = [""] };
        Assert.Empty(DataCheck.Inspect(DataFolder.Job(unnamed), 1, withColumns: false).Warnings);
    }

    [Fact]
    public void Files_with_and_without_one_fit_together()
    {
        var data = Csv(_folder.Write("d.csv", ",a,y\n0,2,p\n1,3,q\n2,5,p\n")) with { Validation = new() { Path = _folder.Write("v.csv", "a,y\n2,p\n1,q\n") } };
        Assert.Equal(2, DataCheck.Run(DataFolder.Job(data), 1).Facts.ValidationRows.Sum());
        Assert.Contains("besides the label 'y' and the rows' numbers: nothing to learn from", DataFolder.Error(Csv(_folder.Write("e.csv", ",y\n0,p\n1,q\n"))));
    }

    [Fact]
    public void A_feature_without_a_name_elsewhere_stays_one()
    {
        var path = _folder.Write("d.csv", "a,,y\n1,2,p\n3,4,q\n");
        Assert.Equal(["a", ""], DataCheck.Run(DataFolder.Job(Csv(path)), 1).Facts.Columns);
    }
}
