using Granary.Jobs;

namespace Granary.Model.Tests.Data;

/// <summary>What is said of a header in which a column is not found.</summary>
public sealed class HeaderHintTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Error(string header, string delimiter = ",", string label = "kind", string[]? ignore = null) =>
        DataFolder.Error(new DataSection { Format = "csv", Path = _folder.Write("t.csv", $"{header}\n1,2,a\n3,4,b\n"), Label = label, Shards = 1, Delimiter = delimiter, Ignore = ignore ?? [] });

    [Theory]
    [InlineData("1.034,-2.250,a", "1.034, -2.250, a")]
    [InlineData("5,3,a", "5, 3, a")]
    [InlineData("3,3,a", null)] // a column that is there twice
    public void A_first_row_of_data_is_no_header(string header, string? columns)
    {
        var error = Error(header);
        Assert.StartsWith(columns is null ? "t.csv:1: the column '3' is there twice." : $"t.csv:1: there is no column 'kind' (data.label). The columns are: {columns}.", error, StringComparison.Ordinal);
        Assert.EndsWith(" The first row looks like data: the file needs a header row, which names the columns.", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("width,height,colour")]
    [InlineData("0,1,2,3,colour")] // pixels
    [InlineData("2019,2020,2021,colour")]
    [InlineData("size,1.5,colour")]
    public void Names_are_a_header(string header) => Assert.EndsWith($". The columns are: {header.Replace(",", ", ", StringComparison.Ordinal)}.", Error(header), StringComparison.Ordinal);

    [Theory]
    [InlineData("width;height;kind", ",", "';'", ";")]
    [InlineData("width\theight\tkind", ",", "tabs", "\\t")]
    [InlineData("width|height|kind", ",", "'|'", "|")]
    [InlineData("width,height,kind", ";", "','", ",")]
    [InlineData("width, cm;height, cm;depth, cm;age;kind", "|", "';'", ";")] // the one there is most of
    public void Cells_that_are_parted_by_another_character_are_told_with_it(string header, string delimiter, string holds, string set) => Assert.EndsWith(
        $" There is one column, and it holds {holds}: set data.delimiter to \"{set}\".", Error(header, delimiter), StringComparison.Ordinal);

    [Fact]
    public void Both_may_be_wrong() => Assert.EndsWith(
        " There is one column, and it holds ';': set data.delimiter to \";\". The first row looks like data: the file needs a header row, which names the columns.",
        Error("1.5;2.5;a"), StringComparison.Ordinal);

    [Fact]
    public void The_nearest_name_is_told()
    {
        Assert.Equal("t.csv:1: there is no column 'Kind' (data.label). Did you mean 'kind'? The columns are: width, height, kind.", Error("width,height,kind", label: "Kind"));
        Assert.Equal("t.csv:1: there is no column 'hieght' (data.ignore). Did you mean 'height'? The columns are: width, height, kind.", Error("width,height,kind", ignore: ["hieght"]));
        Assert.DoesNotContain("Did you mean", Error("x,y,kind", label: "k"), StringComparison.Ordinal); // no letter of it is left
        Assert.Contains("Did you mean 'kinds'?", Error("1.5,2.5,kinds"), StringComparison.Ordinal); // and so the row is a header
        Assert.DoesNotContain("looks like data", Error("1.5,2.5,kinds"), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_very_many_columns_the_first_are_listed() => Assert.EndsWith(
        $" The columns are: {string.Join(", ", Enumerable.Range(0, 20).Select(i => $"pixel{i}"))} and 765 more.",
        Error(string.Join(',', Enumerable.Range(0, 784).Select(i => $"pixel{i}").Append("number")), label: "kind"), StringComparison.Ordinal);

    [Fact]
    public void One_file_of_several_is_told_what_is_odd_about_it()
    {
        Directory.CreateDirectory(_folder["in"]);
        _folder.Write("in/1.csv", "a,b,y\n1,2,p\n1,3,q\n");
        string Several(string text)
        {
            _folder.Write("in/2.csv", text);
            return DataFolder.Error(new DataSection { Format = "csv", Path = _folder["in"], Label = "y", Shards = 1 });
        }

        Assert.StartsWith("2.csv:1: it has 1 column, but 1.csv has 3. Files that are read as one need the same columns. There is one column, and it holds ';': write ',' between its cells. ", Several("a;b;y\n1;2;p\n"), StringComparison.Ordinal);
        Assert.StartsWith("2.csv:1: column 1 is '1.5', but in 1.csv it is 'a'. Files that are read as one need the same columns. The first row looks like data: ", Several("1.5,2,p\n"), StringComparison.Ordinal);
    }
}
