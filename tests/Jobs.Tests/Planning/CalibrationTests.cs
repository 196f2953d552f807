namespace Granary.Jobs.Tests.Planning;

public class CalibrationTests
{
    private static readonly InputShape Input = new(64, 10);

    private static readonly PlannedJob Mlp = PlannedJob.Of(
        new Job(
            1,
            "mlp",
            new ModelSection { Kind = "mlp", Hidden = [2048, 512], Init = "/start.safetensors" },
            new DataSection { Format = "csv", Path = "d.csv", Shards = 8 },
            new TrainingSection { Epochs = 3, Batch = 512, Optimizer = new() { Kind = OptimizerKind.Adam } }),
        Input,
        1438);

    private static ClusterFacts Cluster => new()
    {
        Flops = 1e11,
        Bandwidth = 1e12,
        Latency = 8e-5,
        Handling = 2.5e9,
        Updating = 6e9,
        PerShard = 4e-4,
        PerStep = 3e-5,
    };

    // What a cluster of known facts would show.
    private static CalibrationRun[] Runs(ClusterFacts facts, double disturbance = 0) =>
    [
        .. Calibration.Runs(Mlp, Input, 1438, siloThreads: 1).Select((run, i) =>
        {
            var (cost, error) = (StepCost.Of(run.Job, facts, run.Silos), 1 + (disturbance * Math.Sin(i + 1)));
            return new CalibrationRun(run.Job, run.Silos, cost.Compute * error, cost.Exchange * error);
        }),
    ];

    [Fact]
    public void Facts_are_found_again_from_what_a_cluster_of_them_would_show()
    {
        var found = Calibration.Fit(Runs(Cluster), oneMachine: true, threads: 1);
        Near(Cluster.Flops, found.Flops);
        Near(Cluster.PerShard, found.PerShard);
        Near(Cluster.Updating, found.Updating);
        Near(Cluster.PerStep, found.PerStep);
        Near(Cluster.Latency, found.Latency);
        Near(Cluster.Handling, found.Handling);
        Assert.Equal(double.PositiveInfinity, found.Bandwidth);
    }

    // On machines of their own it is the line that is slower than the processor, as far as anybody can tell.
    [Fact]
    public void Between_machines_the_line_is_found()
    {
        var cluster = Cluster with { Bandwidth = 5e7, Handling = 1e12 };
        var found = Calibration.Fit(Runs(cluster), oneMachine: false, threads: 4);
        Assert.Equal(cluster.Bandwidth, found.Bandwidth, 0.03 * cluster.Bandwidth);
        Near(4 * cluster.Flops, found.Flops);
    }

    [Fact]
    public void Measurements_that_are_a_little_off_give_facts_that_are()
    {
        var found = Calibration.Fit(Runs(Cluster, disturbance: 0.05), oneMachine: true, threads: 1);
        foreach (var silos in new[] { 1, 2, 4, 8 })
        {
            var expected = StepCost.Of(Mlp, Cluster, silos).Total;
            Assert.Equal(expected, StepCost.Of(Mlp, found, silos).Total, 0.12 * expected);
        }
    }

    // The part of the batch took longer than the whole, and two silos far longer, while somebody else had the machine.
    [Fact]
    public void Measurements_that_make_no_sense_give_facts_that_work_is_not_for_nothing_in()
    {
        double[] compute = [143e-6, 158e-6, 1.5e-3, 95e-6, 147e-6];
        var found = Calibration.Fit([.. Runs(Cluster).Select((r, i) => r with { Compute = compute[i] })], oneMachine: true, threads: 1);
        Assert.InRange(found.PerShard, 50e-6, 100e-6);
        Assert.Equal(found.PerShard, 512 * Mlp.FlopsPerExample / found.Flops, 1e-9);
    }

    [Fact]
    public void Runs_go_on_and_have_a_small_model_beside_the_job_s_own()
    {
        var runs = Calibration.Runs(Mlp, Input, 1438, siloThreads: 1);
        Assert.Equal([(1, 512), (1, 64), (2, 512), (1, 512), (2, 512)], runs.Select(r => (r.Silos, (int)r.Job.Batch)));
        Assert.Equal([1, 1, 8, 1, 2], runs.Select(r => r.Job.Shards));
        Assert.Equal(2, Calibration.Runs(Mlp, Input, 1438, siloThreads: 4)[2].Job.Shards); // several would be computed at a time
        Assert.Equal(650, runs[3].Job.Blocks.Weights);
        Assert.All(runs, r => Assert.Equal((1_000_000, 0.0, false), (r.Job.Job.Training.Epochs, r.Job.Job.Training.Checkpoint.Seconds, r.Job.Job.Training.Checkpoint.Best)));
        Assert.Equal([true, true, true, false, false], runs.Select(r => r.Job.Job.Model.Init is not null)); // it would not fit the small one
    }

    [Fact]
    public void A_line_search_cannot_be_planned() => Assert.StartsWith(
        "training.optimizer.kind is lbfgs: its line search decides",
        Assert.Throws<JobException>(() => PlannedJob.Of(
            Mlp.Job with { Training = Mlp.Job.Training with { Optimizer = new() { Kind = OptimizerKind.Lbfgs } } }, Input, 100)).Message);

    private static void Near(double expected, double found) => Assert.Equal(expected, found, 0.01 * expected);
}
