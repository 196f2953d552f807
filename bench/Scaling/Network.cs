using Granary.Jobs;

namespace Granary.Scaling;

/// <summary>A network between local silos: none but the machine's own, or one made by faults in their tensor channels.</summary>
/// <param name="Name">For people.</param>
/// <param name="Milliseconds">From one silo to another.</param>
/// <param name="MegabytesPerSecond">Of a silo's line.</param>
internal sealed record Network(string Name, double Milliseconds, double MegabytesPerSecond)
{
    private const double Lasting = 3600;

    public static readonly Network[] All = [new("loopback", 0, 0), new("1 ms, 200 MB/s", 1, 200), new("5 ms, 50 MB/s", 5, 50)];

    /// <summary>The fault that makes it; null: none.</summary>
    public Fault? Fault => Milliseconds > 0 ? new Fault(FaultKind.Delay, Lasting, 0, Milliseconds, MegabytesPerSecond) : null;

    /// <summary>Facts of a cluster whose silos are joined by it.</summary>
    public ClusterFacts Over(ClusterFacts measured) =>
        Milliseconds > 0 ? measured with { Latency = Milliseconds / 1e3, Bandwidth = MegabytesPerSecond * 1e6 } : measured;
}
