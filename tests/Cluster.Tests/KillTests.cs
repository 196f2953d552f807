namespace Granary.Cluster.Tests;

/// <summary>Silos killed one after the other, by a fault plan.</summary>
[Collection(RecoveryScenario.OneAtATime)]
public sealed class KillTests : RecoveryScenario
{
    [Fact]
    public async Task Ten_kills_do_not_show_in_the_weights()
    {
        using var up = await Run("up", "--silos", "3");
        var job = await Submit();
        var report = await Suffer("kills.yaml");
        Assert.InRange(report.GetProperty("done").EnumerateArray().Sum(d => d.GetProperty("silos").GetArrayLength()), 10, 12); // fewer may live than a plan asks for
        await EndsAsUndisturbed(job);
        using var why = await Run("why", job);
        Assert.Contains("First cause: ", why.Output);
    }
}
