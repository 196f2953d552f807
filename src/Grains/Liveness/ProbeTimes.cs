using Orleans.Configuration;

namespace Granary.Grains.Liveness;

/// <summary>Orleans' times for probes, fitted to a patience again and again. For use by one thread.</summary>
/// <param name="probing">What the probes of silos read, each time anew.</param>
/// <param name="joining">What a silo reads that tries whether it reaches the others before it joins.</param>
/// <param name="time">The clock.</param>
internal sealed class ProbeTimes(ClusterMembershipOptions probing, ClusterMembershipOptions joining, TimeProvider time)
{
    // The shortest probe must never be longer than the longest one, whenever a probe reads the two: what grows, grows at the longest
    // first, and what shrinks, shrinks there last, and seconds later.
    private readonly RecentPeak _longest = new(_ => TimeSpan.FromSeconds(2), time);

    /// <summary>Fits them.</summary>
    public void Follow(TimeSpan patience)
    {
        _longest.Add(patience);
        probing.MaxProbeTimeout = _longest.Value;
        probing.MinProbeTimeout = patience / 2;
        joining.ProbeTimeout = patience;
    }
}
