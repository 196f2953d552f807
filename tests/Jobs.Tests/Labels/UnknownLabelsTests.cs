namespace Granary.Jobs.Tests.Labels;

public class UnknownLabelsTests
{
    private static string Refusal(FoundRows? rows, string[] unknown, params string[] known) => UnknownLabels.Refusal("v.csv", rows, unknown, ClassNames.Of(known), "t.csv");

    [Fact]
    public void Rows_are_counted_and_the_first_is_named_by_its_line()
    {
        Assert.Equal("v.csv:7: 13 rows, of which this is the first, have the label 2, which t.csv does not have (it has 0 and 1): leave these rows out, or add rows of class 2 to t.csv.",
            Refusal(new FoundRows(13, "v.csv:7"), ["2.0", "2"], "0", "1.0"));
        Assert.Equal("v.csv:7: this row has the label 'maybe', which t.csv does not have (it has 'no' and 'yes'): leave this row out, or add rows of class 'maybe' to t.csv.",
            Refusal(new FoundRows(1, "v.csv:7"), ["maybe"], "yes", "no"));
        Assert.Equal("v.csv:7: at least 1,300 rows, of which this is the first, have the labels 3, 2 and 'x', which t.csv does not have (it has 0): leave these rows out, or add rows of these classes to t.csv.",
            Refusal(new FoundRows(1300, "v.csv:7", IsAll: false), ["3", "2", "x"], "0"));
    }

    [Fact]
    public void Where_nobody_knows_the_line_the_source_is_named()
    {
        Assert.StartsWith("v.csv: 2 rows have the label 2, which", Refusal(new FoundRows(2, null), ["2"], "0", "1"), StringComparison.Ordinal);
        Assert.StartsWith("v.csv: 1 row has the label 2, which", Refusal(new FoundRows(1, null), ["2"], "0", "1"), StringComparison.Ordinal);
        Assert.StartsWith("v.csv: some rows have the label 2, which", Refusal(null, ["2"], "0", "1"), StringComparison.Ordinal);
    }

    [Fact]
    public void Texts_are_named_as_they_are_written() => // among texts, 2.0 and 2 differ
        Assert.Contains("have the labels '2.0' and '2', which t.csv does not have (it has '1' and 'a')", Refusal(new FoundRows(5, null), ["2.0", "2"], "a", "1"), StringComparison.Ordinal);

    [Fact]
    public void Of_many_the_first_are_named() =>
        Assert.Contains("(it has 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more)", Refusal(null, ["77"], [.. Enumerable.Range(0, 12).Select(i => $"{i}")]), StringComparison.Ordinal);
}
