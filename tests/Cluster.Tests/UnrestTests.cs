namespace Granary.Cluster.Tests;

/// <summary>Silos added, drained, frozen, slowed and damaged, and a job paused, by a fault plan.</summary>
[Collection(RecoveryScenario.ManyAtOnce)]
public sealed class UnrestTests : RecoveryScenario
{
    [LongFact]
    public async Task Silos_that_come_go_and_freeze_do_not_show_in_the_weights()
    {
        await Up(silos: 2);
        var (job, report) = await InjectFromTheStart("unrest.yaml", Job);
        Assert.True(report.GetProperty("faults").GetInt32() == 9, report.ToString());
        await EndsAsUndisturbed(job);
    }

    [Fact]
    public async Task Every_silo_may_be_replaced_one_after_the_other_while_a_job_runs()
    {
        await Up(silos: 3);
        var (job, report) = await InjectFromTheStart("rolling.yaml", Job);
        Assert.True(report.GetProperty("faults").GetInt32() == 4, report.ToString());
        await EndsAsUndisturbed(job);
        using var goodput = await Run("goodput", job, "--json");
        await goodput.Succeeds();
        Assert.Equal(0, goodput.Json.GetProperty("stepsRedone").GetInt64()); // each handed on what it had
    }

    [Fact]
    public async Task A_silo_that_left_and_was_started_again_takes_part_again()
    {
        await Up(silos: 2);
        using var submit = await Run(["submit", .. Job, "--set", "training.epochs=1000000", "--detach", "--json"]);
        await submit.Succeeds();
        var report = await InjectFaults("drained.yaml");
        Assert.True(report.GetProperty("faults").GetInt32() == 2, report.ToString());
        using var cancel = await Run("cancel", submit.Json.GetProperty("job").GetString()!);
        await cancel.Succeeds();
    }
}
