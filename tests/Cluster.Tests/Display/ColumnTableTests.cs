using Granary.Client.Display;
using Granary.Jobs;

namespace Granary.Cluster.Tests.Display;

public class ColumnTableTests
{
    [Theory]
    [InlineData(3, 9, "3 to 9")]
    [InlineData(1, null, "1 to many")]
    [InlineData(null, null, "many")]
    public void Columns_that_share_a_line_show_the_fewest_and_the_most_different_values(int? fewest, int? most, string different)
    {
        var columns = Enumerable.Range(0, 5).Select(i => new ColumnReport($"x{i}", true, 0, 60, 30, 0, i == 2 ? most : fewest)).ToArray();
        var line = ColumnTable.Of(columns, null).TrimEnd().Split('\n')[^1];
        Assert.StartsWith("x0 ... x4 (5)", line, StringComparison.Ordinal);
        Assert.EndsWith($" {different}", line, StringComparison.Ordinal);
    }
}
