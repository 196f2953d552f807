namespace Granary.Jobs.Tests.Planning;

/// <summary>Jobs and clusters to be planned for.</summary>
internal static class Planned
{
    /// <summary>A job of so many weights, with a known number of operations an example.</summary>
    public static PlannedJob Job(
        long weights, int shards, long batch = 64, double flops = 1000, OptimizerKind optimizer = OptimizerKind.Sgd, double clip = 0) => new(
            new Job(
                1,
                "j",
                new ModelSection { Kind = "mlp" },
                new DataSection { Format = "csv", Path = "d.csv", Shards = shards },
                new TrainingSection { Epochs = 1, ClipNorm = clip, Optimizer = new() { Kind = optimizer } }),
            new BlockPlan(weights),
            flops,
            batch);

    /// <summary>A cluster where nothing but operations and what is asked for takes time.</summary>
    public static ClusterFacts Ideal(double flops = 1e6, double bandwidth = double.PositiveInfinity, double latency = 0) => new()
    {
        Flops = flops,
        Bandwidth = bandwidth,
        Latency = latency,
        Handling = double.PositiveInfinity,
        Updating = double.PositiveInfinity,
        Adding = double.PositiveInfinity,
        PerShard = 0,
        PerStep = 0,
        PerMessage = 0,
    };
}
