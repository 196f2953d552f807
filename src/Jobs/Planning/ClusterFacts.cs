namespace Granary.Jobs;

/// <summary>What the cost model knows of a cluster of equal silos. The figures are those that are reached, not those on a data sheet.</summary>
public sealed record ClusterFacts
{
    /// <summary>Floating-point operations a second of one silo, all its compute threads together. For kinds of one's own: examples a second.</summary>
    public required double Flops { get; init; }

    /// <summary>Bytes a second that a silo's line carries, out and at the same time in; infinity: the line does not matter.</summary>
    public required double Bandwidth { get; init; }

    /// <summary>Seconds from a send until the other end has noticed.</summary>
    public required double Latency { get; init; }

    /// <summary>Bytes a second, sent and received together, that the thread of the steps gets through: checksums, copies, the kernel.</summary>
    public double Handling { get; init; } = 4e9;

    /// <summary>Bytes of gradients a second that are averaged and used for an update; each number of state counts as one more.</summary>
    public double Updating { get; init; } = 5e9;

    /// <summary>Bytes a second of a gradient that is added to another.</summary>
    public double Adding { get; init; } = 2e10;

    /// <summary>Seconds of a gradient of a shard on top of its operations.</summary>
    public double PerShard { get; init; } = 150e-6;

    /// <summary>Seconds of a step on top of everything else.</summary>
    public double PerStep { get; init; } = 20e-6;

    /// <summary>Seconds of a frame, sent or received, on top of its bytes.</summary>
    public double PerMessage { get; init; } = 4e-6;

    /// <summary>Compute threads of a silo.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Cores that all silos share, where they run on one machine; 0: every silo has its own.</summary>
    public int Cores { get; init; }

    /// <summary>How many times longer work takes that so many threads do at once.</summary>
    internal double Crowding(int threads) => Cores > 0 ? Math.Max(1, (double)threads / Cores) : 1;
}
