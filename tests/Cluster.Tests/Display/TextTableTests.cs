using Granary.Client.Display;

namespace Granary.Cluster.Tests.Display;

public class TextTableTests
{
    private const string Job = "digits-mlp-sweep-f028-and-a-longer-name";

    private static TextTable Jobs()
    {
        var table = new TextTable(text: true, "job", ">loss", "state");
        table.Add(Job, "0.1234", "completed");
        table.Add("iris", "-", "failed: step 3, the sum over 8 shards: the loss became NaN\nand stayed so");
        return table;
    }

    [Fact]
    public void Without_a_width_a_row_is_a_line() => Assert.Equal(
        [
            $"job{new string(' ', Job.Length - 3)}    loss  state",
            $"{Job}  0.1234  completed",
            $"iris{new string(' ', Job.Length - 4)}       -  failed: step 3, the sum over 8 shards: the loss became NaN and stayed so",
        ],
        Jobs().Lines(null));

    [Theory]
    [InlineData(160)]
    [InlineData(80)]
    [InlineData(60)]
    [InlineData(41)]
    [InlineData(20)]
    [InlineData(1)]
    public void At_no_width_is_a_cell_cut(int width)
    {
        var lines = Jobs().Lines(width).ToArray();
        Assert.Contains(lines, l => l.Split(' ').Contains(Job));
        Assert.Contains(lines, l => l.Split(' ').Contains("0.1234"));
        var words = lines.SelectMany(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToArray();
        Assert.Equal(
            "failed: step 3, the sum over 8 shards: the loss became NaN and stayed so".Split(' ').Order(),
            words.Where(w => w is not ("job" or "loss" or "state" or "iris" or "-" or "0.1234" or "completed" or Job)).Append("loss").Order());
    }

    [Theory]
    [InlineData(160)]
    [InlineData(80)]
    [InlineData(70)]
    [InlineData(60)]
    public void Where_every_cell_finds_room_no_line_is_wider_than_the_window(int width) =>
        Assert.All(Jobs().Lines(width), l => Assert.True(l.Length <= width, $"{l.Length}: {l}"));

    [Fact]
    public void Long_text_goes_on_below_itself() => Assert.Equal(
        [
            "job   why",
            "iris  failed: the loss",
            "      became NaN",
        ],
        Of(22));

    private static IEnumerable<string> Of(int width)
    {
        var table = new TextTable(text: true, "job", "why");
        table.Add("iris", "failed: the loss became NaN");
        return table.Lines(width + 4);
    }

    [Fact]
    public void Columns_that_find_no_room_follow_below_with_the_first_one()
    {
        var table = new TextTable(text: false, "truth", ">setosa", ">versicolor", ">virginica");
        table.Add("setosa", "50", "0", "0");
        table.Add("virginica", "0", "2", "48");
        Assert.Equal(
            [
                "truth      setosa  versicolor",
                "setosa         50           0",
                "virginica       0           2",
                "",
                "truth      virginica",
                "setosa             0",
                "virginica         48",
            ],
            table.Lines(30));
    }
}
