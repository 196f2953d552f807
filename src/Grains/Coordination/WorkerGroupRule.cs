using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Grains.Coordination;

/// <summary>Which of the silos that answer take part in a generation. Plain rules.</summary>
internal static class WorkerGroupRule
{
    /// <summary>What is chosen; places in the list that was chosen from.</summary>
    /// <param name="Members">Silos that take part, by rank; empty: the job waits.</param>
    /// <param name="Idle">Silos without a shard, or left out.</param>
    /// <param name="Strangers">Those of the idle whose platform differs from the job's, or whose protocol from this build's.</param>
    /// <param name="WaitsFor">Why nobody takes part although there are silos enough, and what is waited for; null: it is not so.</param>
    public sealed record Choice(int[] Members, int[] Idle, int[] Strangers, string? WaitsFor = null);

    /// <summary>Chooses, at most one silo per shard. A job never moves to silos of another platform. Where nothing has been computed yet and the silos are of builds that compute otherwise, as
    /// in the middle of an upgrade, it waits for them to agree.</summary>
    /// <param name="able">The silos that have answered and are not leaving, in an order that all runs share.</param>
    /// <param name="shards">Shards of the job.</param>
    /// <param name="platform">What the job has been computed on so far; null: nothing yet.</param>
    /// <param name="avoid">Names of silos that are not to take part while others can.</param>
    /// <exception cref="JobException">Nothing has been computed yet, and the silos differ in their machines or settings.</exception>
    public static Choice Choose(IReadOnlyList<SiloInfo> able, int shards, string? platform, IReadOnlySet<string> avoid)
    {
        int[] all = [.. Enumerable.Range(0, able.Count)];
        var alike = Array.FindAll(all, i => able[i].Protocol == WireProtocol.Number && (platform is null || PlatformDifference.IsNone(able[i].Platform, platform)));
        var willing = Array.FindAll(alike, i => !avoid.Contains(able[i].Name));
        int[] chosen = [.. (willing.Length > 0 ? willing : alike).Take(shards)];
        if (Array.Find(chosen, i => PlatformDifference.IsOfBuilds(able[i].Platform, able[chosen[0]].Platform)) is > 0 and var newer)
        {
            return new Choice([], all, [.. all.Except(alike)], StrangerRule.WaitingForOneBuild(able[chosen[0]], able[newer]));
        }

        foreach (var other in chosen.Select(i => able[i]).Where(s => !PlatformDifference.IsNone(s.Platform, able[chosen[0]].Platform)))
        {
            var (one, another) = PlatformDifference.Of(able[chosen[0]].Platform, other.Platform);
            throw new JobException(
                $"Silo {able[chosen[0]].Name} computes on {one}, silo {other.Name} on {another}: their results may "
                + "differ in the last bit. Run the job on silos of one kind.");
        }

        return new Choice(chosen, [.. all.Except(chosen)], [.. all.Except(alike)]);
    }
}
