using System.Globalization;
using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Data.Checking;

namespace Granary.Model.Tests.Data;

/// <summary>What a check says of values that are missing, or look as if they were.</summary>
public sealed class MissingWarningTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private JobWarning[] Warnings(int rows, Func<int, string> cell, int shards = 3)
    {
        var text = "a,b,y\n" + string.Concat(Enumerable.Range(0, rows).Select(i => $"{cell(i)},{i * 37 % 61},c{i * 13 % 3}\n"));
        var data = new DataSection { Format = "csv", Path = _folder.Write("d.csv", text), Label = "y", Shards = shards, Missing = MissingValues.Mean };
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
    public void A_value_far_from_all_others_is_taken_for_a_code(int code)
    {
        var warning = Assert.Single(Warnings(200, i => i % 40 == 7 ? $"{code}" : Text(Bell(i))));
        Assert.Equal("missing-code", warning.Kind);
        var next = Enumerable.Range(0, 200).Where(i => i % 40 != 7).Select(i => Math.Round(Bell(i), 2)).OrderBy(x => Math.Abs(x - code)).First();
        Assert.Equal($"d.csv: column 'a' holds {code} in 5 rows, probably a code for a missing value: the next value is {Text(next)}. "
            + $"If so, set data.missingValues to the usual list with {code} added: [\"#N/A\", \"#N/A N/A\", \"#NA\", 16 more, {code}] (docs/how-to/check-data.md has the whole list).", warning.Message);
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
        var cells = string.Concat(Enumerable.Range(0, 200).Select(i => string.Join(',', Enumerable.Range(0, 7).Select(c => i % 40 == c ? c == 2 ? "-99" : "-999" : Text(Bell(i + (1000 * c))))) + $",c{i * 13 % 3}\n"));
        var data = new DataSection { Format = "csv", Path = _folder.Write("d.csv", "a,b,c,d,e,f,g,y\n" + cells), Label = "y", Shards = 2, MissingSpellings = ["NA", "-"] };
        var message = Assert.Single(DataCheck.Inspect(DataFolder.Job(data), 2, withColumns: false).Warnings).Message;
        Assert.StartsWith("d.csv: columns hold numbers that are probably codes for missing values: 'a' (-999 in 5 rows; the next value is ", message);
        Assert.EndsWith(") and 2 more. If so, set data.missing to mean and data.missingValues to [NA, \"-\", -999, -99] (the list replaces the usual one).", message);
    }

    [Fact]
    public void Numbers_in_messages_are_written_in_full()
    {
        Assert.Contains("holds -999 in 5 rows, probably a code for a missing value: the next value is 150000. ", Assert.Single(Warnings(200, i => i % 40 == 7 ? "-999" : $"{150_000 + (i * 7 % 500)}")).Message);
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
        None(i => i % 40 == 7 ? "500" : Text(Bell(i))); // far away, but written as no code is
        None(i => (i % 3) switch { 0 => "0.5", 1 => "1", _ => "2" }); // doses
        None(i => (i % 4) switch { 0 => "0.1", 1 => "1", 2 => "10", _ => "100" });
        None(i => (i % 3) switch { 0 => "1.5", 1 => "2", _ => "3" });
    }

    [Fact]
    public void Gaps_in_a_quarter_of_the_rows_are_said()
    {
        var warning = Assert.Single(Warnings(200, i => i % 4 == 0 ? "" : Text(Bell(i))));
        Assert.Equal("d.csv: column 'a' has no value in 50 of 200 rows: the mean of the others is filled in. If too few rows have it, name it in data.ignore.", warning.Message);
        Assert.Empty(Warnings(200, i => i % 5 == 0 ? "" : Text(Bell(i))));
    }

    [Fact]
    public void Gaps_that_tell_the_label_are_said_first()
    {
        var one = Warnings(300, i => i * 13 % 3 == 1 && i % 20 != 0 ? "NA" : i % 50 == 0 ? "" : Text(Bell(i)));
        Assert.Equal(["missing-by-label", "missing-values"], one.Select(w => w.Kind));
        Assert.Equal("d.csv: column 'a' has no value in 96 of 100 rows of label 'c1', and in 4 of 200 of the others: which rows have gaps tells the label. "
            + "If it will not do so in new data, name the column in data.ignore.", one[0].Message);
        Assert.Contains("has no value in 0 of 100 rows of label 'c2', and in 200 of 200 of the others", Warnings(300, i => i * 13 % 3 != 2 ? "NA" : Text(Bell(i)))[0].Message);
    }

    // Gaps that have nothing to do with the label, in data sets of many small classes and of a few large ones.
    [Theory]
    [InlineData(100, 10, 0.01)]
    [InlineData(100, 3, 0.3)]
    [InlineData(200, 1, 0.5)]
    [InlineData(3, 8, 0.5)]
    [InlineData(2, 1_000, 0.1)]
    public void Gaps_by_chance_say_nothing(int classes, int rows, double share)
    {
        const int Features = 5;
        var random = new Random(1);
        for (var set = 0; set < 200 * Features; set++)
        {
            var gaps = Enumerable.Range(0, classes).Select(_ => ((long)Enumerable.Range(0, rows).Count(_ => random.NextDouble() < share), (long)rows)).ToArray();
            Assert.Null(ClassGaps.Of(gaps, Features));
        }
    }

    [Fact]
    public void One_row_says_nothing() => Assert.Null(ClassGaps.Of([(1, 1), (0, 100), (0, 100)], 1));

    [Fact]
    public void Gaps_of_a_small_class_are_said_where_chance_does_not_make_them()
    {
        var gaps = Enumerable.Repeat((0L, 10L), 99).Append((9L, 10L)).ToArray();
        Assert.Equal(new ClassGaps(99, 9, 10, 0, 990), ClassGaps.Of(gaps, 5));
    }
}
