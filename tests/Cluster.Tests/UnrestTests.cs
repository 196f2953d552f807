namespace Granary.Cluster.Tests;

/// <summary>Silos added, drained, frozen, slowed and damaged, and a job paused, by a fault plan.</summary>
[Collection(RecoveryScenario.OneAtATime)]
public sealed class UnrestTests : RecoveryScenario
{
    [Fact]
    public async Task Silos_that_come_go_and_freeze_do_not_show_in_the_weights()
    {
        using var up = await Run("up", "--silos", "2");
        var job = await Submit();
        var report = await Suffer("unrest.yaml");
        Assert.Equal(8, report.GetProperty("faults").GetInt32());
        await EndsAsUndisturbed(job);
    }
}
