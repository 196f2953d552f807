using Granary.Sdk.Local;

namespace Granary.Cluster.Tests;

public sealed class StartRuleTests
{
    [Theory]
    [InlineData(false, 89, 20, 5)] // it has its time, whatever it does
    [InlineData(false, 95, 3, 0.1)] // starved: it uses the little that it gets
    [InlineData(false, 590, 14, 0.1)]
    [InlineData(true, 95, 3, 0.01)] // it only waits
    [InlineData(true, 95, 3, 0)] // frozen
    [InlineData(true, 95, 16, 5)] // it had more than a start needs
    [InlineData(true, 600, 3, 0.1)] // there is an end to it
    public void A_start_that_hangs_is_told_from_one_that_is_starved(bool hangs, double up, double work, double lately) =>
        Assert.Equal(hangs, StartRule.Hangs(
            TimeSpan.FromSeconds(up), TimeSpan.FromSeconds(work), TimeSpan.FromSeconds(lately), TimeSpan.FromSeconds(5)));
}
