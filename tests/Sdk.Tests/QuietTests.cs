namespace Granary.Sdk.Tests;

public sealed class QuietTests(LocalClusterFixture cluster)
{
    [Fact]
    public async Task Nothing_is_written_to_the_console()
    {
        var job = await cluster.Client.SubmitAsync(cluster.Line(epochs: 1), cancellationToken: TestContext.Current.CancellationToken);
        await job.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal("", cluster.Said);
    }
}
