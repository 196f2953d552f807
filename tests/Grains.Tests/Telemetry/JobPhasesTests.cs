using Granary.Grains.Telemetry;

namespace Granary.Grains.Tests.Telemetry;

public sealed class JobPhasesTests
{
    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Phases_follow_each_other_without_a_gap_and_the_same_again_is_none()
    {
        var phases = new JobPhases();
        phases.Enter("queue", Begin);
        phases.Enter("train", Begin.AddSeconds(2));
        phases.Enter("train", Begin.AddSeconds(3));
        phases.Enter("detection", Begin.AddSeconds(1)); // noticed afterwards, and not before what came before it
        phases.Enter("publish", Begin.AddSeconds(5));
        Assert.Equal(
            [("queue", 0, 2), ("train", 2, 2), ("detection", 2, 5), ("publish", 5, 9)],
            phases.Until(Begin.AddSeconds(9)).Select(p => (p.Name, (p.Began - Begin).TotalSeconds, (p.Ended - Begin).TotalSeconds)));
    }

    [Fact]
    public void A_job_of_very_many_phases_keeps_its_first_and_its_newest_ones()
    {
        var phases = new JobPhases();
        for (var i = 0; i < 1000; i++)
        {
            phases.Enter($"{i}", Begin.AddSeconds(i));
        }

        var kept = phases.Until(Begin.AddSeconds(1000)).ToArray();
        Assert.Equal(200, kept.Length);
        Assert.Equal(("0", "999"), (kept[0].Name, kept[^1].Name));
        Assert.Equal(1000, kept.Sum(p => (p.Ended - p.Began).TotalSeconds)); // no second is missing
    }
}
