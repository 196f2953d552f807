using Granary.Client.Chaos;
using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Cluster.Tests.Chaos;

public class ChaosReportTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static FaultDone Done(double second, FaultKind kind, string[] silos, string? coordinator = "silo-1", double seconds = 0, double factor = 0) =>
        new(Noon.AddSeconds(second), new Fault(kind, seconds, factor), silos, coordinator, 100);

    private static JobEvent Resumed(double second, long generation) => new(Noon.AddSeconds(second), JobEventKind.Resumed, 100, generation, null, "step 101 is a new one", null);

    private static ChaosReport Report(params FaultDone[] faults)
    {
        var times = new RecoveryTimes();
        times.Add([Resumed(1.5, 2), Resumed(12, 3), Resumed(33, 5)]);
        var report = new ChaosReport(times);
        foreach (var fault in faults)
        {
            report.Add(fault);
        }

        return report;
    }

    // Recoveries of 1.5, 2 and 3 s. Of the two at 20 and 30 s the first had no new step before the second.
    private static readonly FaultDone[] Kills =
    [
        Done(0, FaultKind.Kill, ["silo-2"]), Done(10, FaultKind.Kill, ["silo-3"]), Done(20, FaultKind.Kill, ["silo-1"]), Done(30, FaultKind.Kill, ["silo-1"]),
    ];

    [Fact]
    public void Each_kind_of_fault_has_a_row_by_whether_it_met_the_coordinator()
    {
        ChaosReport.Row[] expected = [new("kill", false, 2, 2, 1.75, 2), new("kill", true, 2, 1, 3, 3)];
        Assert.Equal(expected, Report(Kills).Rows());
    }

    [Fact]
    public void What_ends_no_generation_has_no_time() => Assert.Equal(
        new ChaosReport.Row("slow", false, 1, 0, null, null), Assert.Single(Report(Done(0, FaultKind.Slow, ["silo-2"], seconds: 5, factor: 4)).Rows()));

    [Fact]
    public void Several_silos_at_once_are_a_kind_of_their_own() =>
        Assert.Equal("kill of 2", Assert.Single(Report(Done(0, FaultKind.Kill, ["silo-2", "silo-3"])).Rows()).Fault);

    [Fact]
    public void The_table_has_the_times_with_their_unit()
    {
        var lines = Report(Kills).Table().Text(null).TrimEnd().Split('\n');
        Assert.Matches(@"^fault +coordinator +times +to the next new step: median +worst$", lines[0].Trim());
        Assert.Matches(@"^kill +elsewhere +2 +1\.75 s +2\.00 s$", lines[^2].Trim());
        Assert.Matches(@"^kill +hit +2 +3\.00 s +3\.00 s$", lines[^1].Trim());
    }

    [Theory]
    [InlineData(FaultKind.Kill, 0, 0, " step 100: kill silo-2")]
    [InlineData(FaultKind.Freeze, 4, 0, " step 100: freeze silo-2 for 4 s")]
    [InlineData(FaultKind.Slow, 1.5, 4, " step 100: slow silo-2 4 times for 1.5 s")]
    public void A_fault_is_told_in_a_line(FaultKind kind, double seconds, double factor, string line) =>
        Assert.EndsWith(line, Report().Add(Done(0, kind, ["silo-2"], seconds: seconds, factor: factor)));

    [Fact]
    public void What_was_not_done_is_told_with_the_time_it_was_planned_for()
    {
        var late = new PlannedFault(new Fault(FaultKind.Kill), "any", new FaultTime(null, 900, null, int.MaxValue), 1, 0);
        var often = late with { When = new FaultTime(null, null, (1, 3), 10), Target = "others" };
        Assert.Equal("not done, for the job had ended before: kill any at step 900", ChaosReport.OfMissed(new FaultMissed(late, 0)));
        Assert.Equal("done 4 of 10 times, for the job had ended before: kill others 1 to 3 s after every silo takes part", ChaosReport.OfMissed(new FaultMissed(often, 4)));
        Assert.Equal("kill any at step 900: no living silo matches 'any' now; the fault waits", ChaosReport.OfWaiting(late));
    }
}
