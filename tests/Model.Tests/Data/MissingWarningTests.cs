using System.Globalization;
using Granary.Jobs;
using Granary.Model.Data;

namespace Granary.Model.Tests.Data;

/// <summary>What a check says of values that are missing, or look as if they were.</summary>
public sealed class MissingWarningTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private JobWarning[] Warnings(int rows, Func<int, string> cell, int shards = 3)
    {
        var text = "a,b,y\n" + string.Concat(Enumerable.Range(0, rows).Select(i => $"{cell(i)},{i * 37 % 61},c{i * 13 % 3}\n"));
        var data = new DataSection { Format = DataFormat.Csv, Path = _folder.Write("d.csv", text), Label = "y", Shards = shards, Missing = MissingValues.Mean };
        return [.. DataCheck.Inspect(DataFolder.Job(data), 2, withColumns: false).Warnings];
    }

    private static string Text(double x) => x.ToString("0.##", CultureInfo.InvariantCulture);

    private static double Bell(int i) => Math.Sin(i * 12.9898) + Math.Sin(i * 78.233) + Math.Sin(i * 39.425);

    [Theory]
    [InlineData(-999)]
    [InlineData(-99)]
    [InlineData(-9)]
    [InlineData(99)]
    [InlineData(9999)]
    [InlineData(99999)]
    [InlineData(-32768)]
    [InlineData(500)] // written as no code is, but no measurement is so far from all the others
    public void A_value_far_from_all_others_is_taken_for_a_code(int code)
    {
        var warning = Assert.Single(Warnings(200, i => i % 40 == 7 ? $"{code}" : Text(Bell(i))));
        Assert.Equal("missing-code", warning.Kind);
        var next = Enumerable.Range(0, 200).Where(i => i % 40 != 7).Select(i => Math.Round(Bell(i), 2)).OrderBy(x => Math.Abs(x - code)).First();
        Assert.Equal($"d.csv: column 'a': {code} in 5 rows, the next value is {Text(next)}: a code for a missing value? Then add it to data.missingValues.", warning.Message);
    }

    [Fact]
    public void Codes_are_seen_at_either_end_and_beside_whole_numbers()
    {
        Assert.Equal("missing-code", Assert.Single(Warnings(200, i => i % 40 == 7 ? "-9" : $"{i * 7 % 500}")).Kind); // nothing else is negative
        Assert.Equal("missing-code", Assert.Single(Warnings(200, i => i % 40 == 7 ? "999" : $"{20 + (i * 7 % 60)}")).Kind); // ages
        Assert.Equal("missing-code", Assert.Single(Warnings(200, i => i % 40 == 7 ? "-99" : $"{i * 7 % 500}", shards: 1)).Kind);
    }

    [Fact]
    public void Where_missing_values_are_refused_the_remedy_is_whole_and_of_many_columns_the_first_are_named()
    {
        var cells = string.Concat(Enumerable.Range(0, 200).Select(i => string.Join(',', Enumerable.Range(0, 7).Select(c => i % 40 == c ? "-999" : Text(Bell(i + (1000 * c))))) + $",c{i * 13 % 3}\n"));
        var data = new DataSection { Format = DataFormat.Csv, Path = _folder.Write("d.csv", "a,b,c,d,e,f,g,y\n" + cells), Label = "y", Shards = 2 };
        var warnings = DataCheck.Inspect(DataFolder.Job(data), 2, withColumns: false).Warnings;
        Assert.Equal(5, warnings.Count);
        Assert.All(warnings, w => Assert.EndsWith("Then add it to data.missingValues, with data.missing: mean (so for 7 columns, of which 5 are named).", w.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Usual_columns_have_no_codes()
    {
        void None(Func<int, string> cell) => Assert.DoesNotContain(Warnings(300, cell), w => w.Kind == "missing-code");
        None(i => Text(Math.Exp(4 * Bell(i)))); // prices
        None(i => $"{Math.Floor(Math.Exp(3 * Bell(i)))}"); // counts
        None(i => i % 9 == 0 ? "1" : "0"); // one of many
        None(i => i % 9 == 0 ? "255" : "0"); // pixels
        None(i => i % 9 == 0 ? "255" : i % 9 == 1 ? "1" : "0");
        None(i => (i % 3) switch { 0 => "0", 1 => "1", _ => "7" }); // codes of kinds
        None(i => (i % 3) switch { 0 => "-1", 1 => "0.2", _ => "0.3" }); // -1 is not enough
        None(i => i == 5 ? "-999" : Text(Bell(i))); // once is an outlier
        None(i => i % 3 == 0 ? Text(Bell(i)) : "100"); // what a machine is mostly set to
        None(i => $"{i * 7 % 100}"); // 99 is the last of all
        None(i => i % 20 == 0 ? "9" : $"{i % 4}"); // rooms
        None(i => (i % 3) switch { 0 => "-9", 1 => "0", _ => "9" });
    }

    [Fact]
    public void Gaps_in_a_quarter_of_the_rows_are_said()
    {
        var warning = Assert.Single(Warnings(200, i => i % 4 == 0 ? "" : Text(Bell(i))));
        Assert.Equal("d.csv: column 'a' has no value in 50 of 200 rows: the mean of the others is filled in. If too few rows have it, name it in data.ignore.", warning.Message);
        Assert.Empty(Warnings(200, i => i % 5 == 0 ? "" : Text(Bell(i))));
    }

    [Fact]
    public void Gaps_that_say_the_label_are_said()
    {
        var one = Warnings(300, i => i * 13 % 3 == 1 && i % 20 != 0 ? "NA" : i % 50 == 0 ? "" : Text(Bell(i)));
        Assert.Equal(["missing-values", "missing-by-label"], one.Select(w => w.Kind));
        Assert.Equal("d.csv: column 'a' has no value in 96 of 100 rows of label 'c1', and in 4 of 200 of the others: the gaps say the label. "
            + "If they will not do so in new data, name the column in data.ignore.", one[1].Message);
        Assert.Contains("has no value in 0 of 100 rows of label 'c2', and in 200 of 200 of the others", Warnings(300, i => i * 13 % 3 != 2 ? "NA" : Text(Bell(i)))[1].Message);
        Assert.DoesNotContain(Warnings(24, i => i < 6 ? "" : Text(Bell(i))), w => w.Kind == "missing-by-label"); // chance
    }
}
