using System.Text.Json;

namespace Granary.Cluster.Tests;

/// <summary>Silos killed one after the other, by a fault plan.</summary>
[Collection(RecoveryScenario.OneByOne)]
public sealed class KillTests : RecoveryScenario
{
    [Fact]
    public async Task Ten_kills_do_not_show_in_the_weights()
    {
        await Up(silos: 3);
        var (job, report) = await InjectFromTheStart("kills.yaml", Job);
        var kills = report.GetProperty("done").EnumerateArray().Where(d => d.GetProperty("fault").GetString() == "kill").Sum(d => d.GetProperty("silos").GetArrayLength());
        Assert.True(kills is >= 10 and <= 12, report.ToString()); // fewer may live than a plan asks for
        await EndsAsUndisturbed(job);
        using var why = await Run("why", job);
        Assert.Contains("First cause: ", why.Output);
        using var goodput = await Run("goodput", job, "--json");
        var spent = JsonDocument.Parse(goodput.Output).RootElement;
        Assert.Equal(spent.GetProperty("wallSeconds").GetDouble(), spent.GetProperty("parts").EnumerateArray().Sum(p => p.GetProperty("seconds").GetDouble()), 1e-6);
        Assert.True(spent.GetProperty("recoveries").EnumerateObject().Sum(r => r.Value.GetInt32()) > 0);
    }
}
