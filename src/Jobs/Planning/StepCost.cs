namespace Granary.Jobs;

/// <summary>What a step takes on a number of silos, predicted: the member that needs longest decides. See docs/explanation/scaling.md for the formulas.</summary>
public sealed record StepCost
{
    /// <summary>Silos of the cluster, N.</summary>
    public required int Silos { get; init; }

    /// <summary>Silos that take part, S: no more than there are shards.</summary>
    public required int Members { get; init; }

    /// <summary>Shards, V.</summary>
    public required int Shards { get; init; }

    /// <summary>Examples in a step.</summary>
    public required long Batch { get; init; }

    /// <summary>Seconds of the gradients, and of adding up those of one silo.</summary>
    public required double Compute { get; init; }

    /// <summary>Seconds of the exchange that are spent waiting for the way, and not for the bytes.</summary>
    public required double Latency { get; init; }

    /// <summary>Seconds that the line carries the step's bytes.</summary>
    public required double Wire { get; init; }

    /// <summary>Seconds of the processor for the bytes and frames that pass.</summary>
    public required double Handling { get; init; }

    /// <summary>Seconds of the processor for averages and updates.</summary>
    public required double Update { get; init; }

    /// <summary>Seconds of the exchange: the line and the processor work at the same time, so that it is less than their sum.</summary>
    public required double Exchange { get; init; }

    /// <summary>Seconds of sending optimiser state to a backup, spread over the steps.</summary>
    public required double Backup { get; init; }

    /// <summary>Bytes that a silo sends in a step, at most: gradients, weights and norms.</summary>
    public required long BytesSent { get; init; }

    /// <summary>Bytes that a silo holds, at most.</summary>
    public required SiloMemory Memory { get; init; }

    /// <summary>Seconds of the step.</summary>
    public double Total => Compute + Exchange + Backup;

    /// <summary>Part of the step that is computing, in [0, 1].</summary>
    public double Efficiency => Compute / Total;

    /// <summary>Examples a second.</summary>
    public double ExamplesPerSecond => Batch / Total;

    /// <summary>What takes most of the step.</summary>
    public string Bound => Compute >= Exchange + Backup ? "compute"
        : Latency >= Math.Max(Wire, Handling + Update) ? "latency"
        : Wire >= Handling + Update ? "bandwidth" : "processor";

    /// <summary>Predicts.</summary>
    /// <param name="job">The job.</param>
    /// <param name="facts">The cluster.</param>
    /// <param name="silos">Its silos.</param>
    public static StepCost Of(PlannedJob job, ClusterFacts facts, int silos)
    {
        var members = Math.Min(silos, job.Shards);
        var compute = ComputeTime(job, facts, members);
        var exchange = ExchangeLoad.Of(job, members).Select(load => Exchanged.Of(load, job, facts, members)).MaxBy(e => e.Total)!;
        var backup = BackupTime(job, facts, members, compute + exchange.Total);
        var costs = SiloCosts.Of(job.Job, job.Blocks, members, facts.Threads);
        return new StepCost
        {
            Silos = silos,
            Members = members,
            Shards = job.Shards,
            Batch = job.Batch,
            Compute = compute,
            Latency = exchange.Latency,
            Wire = exchange.Wire,
            Handling = exchange.Handling,
            Update = exchange.Update,
            Exchange = exchange.Total,
            Backup = backup,
            BytesSent = costs.BytesSent,
            Memory = costs.Memory,
        };
    }

    // Of the silo with most shards: its threads take a shard each, again and again; each sum but those it sends costs an addition.
    private static double ComputeTime(PlannedJob job, ClusterFacts facts, int members)
    {
        var shards = job.ActiveShards((job.Shards + members - 1) / members);
        return (Rounds(shards, facts) * GradientTime(job, facts, members, job.RowsPerShard))
            + (Math.Max(0, shards - 1) * (double)job.Blocks.Weights * job.NumberSize / facts.Adding * facts.Crowding(members));
    }

    internal static int Rounds(int shards, ClusterFacts facts) => (shards + facts.Threads - 1) / facts.Threads;

    internal static double GradientTime(PlannedJob job, ClusterFacts facts, int members, double rows) =>
        ((rows * job.FlopsPerExample * facts.Threads / facts.Flops) + facts.PerShard) * facts.Crowding(members * facts.Threads);

    private static double BackupTime(PlannedJob job, ClusterFacts facts, int members, double step)
    {
        var state = job.Job.Training.Optimizer.StatePerWeight() * job.NumberSize;
        var every = ReplicationPlan.Every(job.Blocks, members, state, step);
        var bytes = every == 0 ? 0 : (double)job.Blocks.Weights * state / members / every;
        return Math.Max(bytes / facts.Bandwidth, 2 * bytes / facts.Handling * facts.Crowding(members));
    }

    private sealed record Exchanged(double Latency, double Wire, double Handling, double Update, double Total)
    {
        public static Exchanged Of(ExchangeLoad load, PlannedJob job, ClusterFacts facts, int members)
        {
            var crowding = facts.Crowding(members);
            var update = load.UpdateTime(facts) * crowding;
            var step = facts.PerStep * crowding;
            if (members == 1)
            {
                return new Exchanged(0, 0, 0, update, update + step);
            }

            var handling = crowding * (((load.BytesSent + load.Received) / facts.Handling) + ((load.FramesSent + load.FramesReceived) * facts.PerMessage));
            var wire = (Math.Max(load.BytesSent, load.Received) + load.RecordBytes) / facts.Bandwidth;
            var busy = Math.Max(wire, handling + update);

            // One hop: all of it travels once. Two hops: while the line is still busy with sums, the first averages are on their way
            // back, so that the way counts once; on a line that is free before they come it counts twice. Clipping needs all norms
            // before the first update: three times, and nothing overlaps.
            var total = facts.Latency + (job.Blocks.Replicated ? busy
                : job.Job.Training.ClipNorm > 0 ? busy + (2 * facts.Latency)
                : Math.Max(busy, ((load.SumsSent + load.LastBlock) / facts.Bandwidth) + facts.Latency));
            return new Exchanged(total - busy, wire, handling, update, total + step);
        }
    }
}
