using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Tests.Data;

namespace Granary.Model.Tests.Columns;

/// <summary>What columns become, kind by kind, and what is said of cells and columns that cannot be used.</summary>
public sealed class DescribedColumnTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private Job Job(string text, params (string Name, ColumnSection Section)[] columns) =>
        MixedTable.Job(_folder.Write("d.csv", text), 2, new ColumnsSection(false, columns.ToDictionary(c => c.Name, c => c.Section)));

    private string Error(string text, params (string Name, ColumnSection Section)[] columns)
    {
        var message = Assert.Throws<JobException>(() => DataCheck.Run(Job(text, columns), 2)).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }

    private static ColumnSection Kind(string kind) => new() { Kind = kind };

    private const string Rows = "a,b,y\n1,red,u\n2,blue,v\n3,red,u\n4,green,v\n";

    [Fact]
    public void Features_have_names_and_unseen_and_rare_categories_one_of_their_own()
    {
        var job = Job(Rows, ("b", new() { Kind = "categorical", MinCount = 2 }));
        var facts = DataCheck.Run(job, 2).Facts;
        Assert.Equal(["a", "b=red", "b is another"], facts.Columns);
        Assert.Equal((3, 2), (facts.Shape.Features, facts.Shape.Classes));
        Assert.Equal(new double[][] { [1, 1, 0], [2, 0, 1], [3, 1, 0], [4, 0, 1] }, MixedTable.Features(job, facts));
    }

    [Fact]
    public void The_last_tick_of_all_is_a_date()
    {
        var job = Job("d,y\n9999-12-31T23:59:59.9999999,u\n2024-12-31,v\n", ("d", new() { Kind = "date", Scale = ColumnScale.None, Parts = [DatePart.Year, DatePart.Month] }));
        Assert.Equal([(9999.0, 1.0), (2024, 1)], MixedTable.Features(job, DataCheck.Run(job, 2).Facts).Select(row => (row[0], row[^1]))); // December is the last
    }

    [Fact]
    public void Dates_have_parts()
    {
        var job = Job("d,y\n01.03.2024,u\n31.12.2023,v\n", ("d", new() { Kind = "date", Pattern = "dd.MM.yyyy", Scale = ColumnScale.None, Parts = [DatePart.Weekday, DatePart.Year, DatePart.DayOfYear, DatePart.Day, DatePart.Elapsed] }));
        var facts = DataCheck.Run(job, 2).Facts;
        Assert.Equal(["d.year", "d.day-of-year", "d.day", "d.elapsed", "d.weekday=monday"], facts.Columns.Take(5));
        Assert.Equal(new double[][] { [2024, 61, 1, 19783, 0, 0, 0, 0, 1, 0, 0], [2023, 365, 31, 19722, 0, 0, 0, 0, 0, 0, 1] }, MixedTable.Features(job, facts)); // a Friday, a Sunday
    }

    [Fact]
    public void A_missing_number_may_have_a_feature_of_its_own()
    {
        var job = Job("a,y\n1,u\n,v\n5,u\nNA,v\n", ("a", new() { Kind = "numeric", Missing = MissingRule.Slot }));
        var facts = DataCheck.Run(job, 2).Facts;
        Assert.Equal(["a", "a is missing"], facts.Columns);
        Assert.Equal(new double[][] { [1, 0], [3, 1], [5, 0], [3, 1] }, MixedTable.Features(job, facts));
    }

    [Fact]
    public void Columns_that_are_not_named_go_by_the_data_section_s_own_keys()
    {
        var job = Job("a,b,y\n1,x,u\n,x,v\n5,z,u\n", ("b", Kind("categorical")));
        job = job with { Data = job.Data with { Missing = MissingValues.Mean, Standardize = true } };
        var facts = DataCheck.Run(job, 2).Facts;
        Assert.Equal(["a", "b=x", "b=z", "b is another", "b is missing"], facts.Columns);
        Assert.Equal(Math.Sqrt(1.5), MixedTable.Features(job, facts)[2][0], 1e-15); // of 1, 3, 5
        Assert.Null(facts.Fill);
        Assert.Null(facts.Scaling);
    }

    [Fact]
    public void Cells_that_cannot_be_used_are_named_with_line_and_remedy()
    {
        Assert.StartsWith("d.csv:3: column 'a' holds 'two', which is not a number: correct it, or describe the column otherwise in data.columns", Error("a,b,y\n1,red,u\ntwo,blue,v\n", ("b", Kind("categorical"))));
        Assert.StartsWith("d.csv:3: column 'b' holds 'NA', which stands for a missing value: fill it in, leave the row out, or say in data.columns what becomes of it: b: { kind: categorical, missing: constant or slot }.",
            Error("a,b,y\n1,red,u\n2,NA,v\n", ("b", Kind("categorical"))));
        Assert.StartsWith("d.csv:2: column 'a' holds '1', which is not a date such as", Error(Rows, ("a", Kind("date")), ("b", Kind("text"))));
        Assert.StartsWith("d.csv:1: there is no column 'bb' (data.columns). Did you mean 'b'?", Error(Rows, ("bb", Kind("text"))));
    }

    [Fact]
    public void Columns_of_which_nothing_can_be_learned_are_refused()
    {
        Assert.Equal("d.csv: column 'b' is 'red' in every row that is trained on: nothing can be learned from it. Name it in data.ignore, and take it out of data.columns.",
            Error("a,b,y\n1,red,u\n2,red,v\n", ("b", Kind("categorical"))));
        Assert.StartsWith("d.csv: column 'a' is 7 in every row", Error("a,y\n7,u\n7,v\n", ("a", Kind("numeric"))));
        Assert.StartsWith("d.csv: column 'a' has no value in the training part, so that there is no median to fill in.",
            Error("a,b,y\n,1,u\n,2,v\n", ("a", new() { Kind = "numeric", Missing = MissingRule.Median })));
        Assert.StartsWith("d.csv: the values of column 'a' are too large to be scaled",
            Error("a,y\n-1.7e308,u\n1.7e308,v\n", ("a", new() { Kind = "numeric", Scale = ColumnScale.MinMax })));
    }

    [Fact]
    public void Too_many_categories_are_refused_wherever_they_are()
    {
        var text = "a,y\n" + string.Concat(Enumerable.Range(0, 3000).Select(i => $"id{i},{(i % 2 == 0 ? "u" : "v")}\n"));
        Assert.StartsWith("d.csv: column 'a' has more than 1,000 categories ('id0', 'id1', 'id10', ...), the most that data.columns.a allows (max): deal them to features by a hash (buckets: 256)",
            Error(text, ("a", Kind("categorical"))));
        Assert.StartsWith("d.csv: column 'a' has more than 2 categories", Error("a,y\np,u\nq,v\nr,u\ns,v\n", ("a", new() { Kind = "categorical", Max = 2 })));
        var hashed = DataCheck.Run(Job(text, ("a", new() { Kind = "categorical", Buckets = 8 })), 2).Facts;
        Assert.Equal(8, hashed.Shape.Features);
    }

    [Fact]
    public void Kinds_are_inferred_from_the_first_rows()
    {
        var text = "n,c,b,d,t,y\n" + string.Concat(Enumerable.Range(0, 40).Select(i =>
            FormattableString.Invariant($"{(i == 7 ? "" : i / 2.0)},{(i % 3 == 0 ? "x" : "z")},{(i % 2 == 0 ? "Yes" : "no")},2024-01-{(i % 28) + 1:00},word{i} and some more,{i % 2}\n")));
        var job = Job(text);
        job = job with { Data = job.Data with { Columns = new ColumnsSection(true, new Dictionary<string, ColumnSection>()) } };
        var facts = DataCheck.Run(job, 2).Facts;
        Assert.Equal(["numeric", "categorical", "boolean", "date", "text"], facts.Table!.Columns.Select(c => c.Section.Kind));
        Assert.Equal(DataCheck.Run(job with { Data = job.Data with { Shards = 5 } }, 2).Facts.Columns, facts.Columns);
        var wrong = job with { Data = job.Data with { Path = _folder.Write("e.csv", "n,y\n" + string.Concat(Enumerable.Range(0, 1100).Select(i => $"{i},{i % 2}\n")) + "x,0\n") } };
        Assert.StartsWith("e.csv:1102: column 'n' holds 'x', which is not a number", Assert.Throws<JobException>(() => DataCheck.Run(wrong, 2)).Message);
    }
}
