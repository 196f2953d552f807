using Granary.Contracts;

namespace Granary.Grains.Coordination;

/// <summary>What keeps a silo out of a job that other silos of its cluster compute, in words. Plain rules.</summary>
internal static class StrangerRule
{
    /// <summary>What differs.</summary>
    /// <param name="other">The silo that stands by.</param>
    /// <param name="platform">What the job is computed on.</param>
    public static string Difference(SiloInfo other, string platform)
    {
        if (other.Protocol != WireProtocol.Number)
        {
            return $"silo {other.Name} is of another build of Granary, whose protocol is {other.Protocol} and not {WireProtocol.Number}";
        }

        var (theirs, ours) = PlatformDifference.Of(other.Platform, platform);
        return $"silo {other.Name} computes on {theirs}, the job on {ours}, so that its results may differ in the last bit";
    }

    /// <summary>What a job waits for that has not begun, while silos of two builds compute otherwise.</summary>
    /// <param name="one">A silo of the one build.</param>
    /// <param name="other">A silo of the other.</param>
    public static string WaitingForOneBuild(SiloInfo one, SiloInfo other)
    {
        var (ones, others) = PlatformDifference.Of(one.Platform, other.Platform);
        return $"waiting until all silos are of builds that compute the same: silo {one.Name} is {ones}, silo {other.Name} is {others}";
    }

    /// <summary>What a job waits for to which all silos are strangers.</summary>
    /// <param name="strangers">The silos.</param>
    /// <param name="platform">What the job has been computed on; null: nothing yet.</param>
    public static string WaitingFor(IReadOnlyList<SiloInfo> strangers, string? platform) =>
        platform is not null && strangers.Any(s => s.Protocol == WireProtocol.Number) ? $"waiting for silos that compute on {platform}"
        : $"waiting for silos whose protocol is {WireProtocol.Number}, of the build of Granary that keeps this job";
}
