using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Grains.Coordination;

/// <summary>Silos that join while a generation trains: they read their shards first, and only then the generation ends for them.</summary>
/// <param name="group">The generation's members.</param>
/// <param name="ready">Told when those that have come are ready.</param>
/// <param name="rendezvous">Chooses the members that the next generation would have.</param>
/// <param name="leaveOut">Told of those that do not reach all others.</param>
/// <param name="job">The job.</param>
/// <param name="facts">What its shards agreed on.</param>
internal sealed class Arrivals(WorkerGroup group, Action ready, Func<Task<WorkerGroup>> rendezvous, Action<IReadOnlyList<CutRule.Aside>> leaveOut, Job job, DataFacts facts)
{
    private readonly HashSet<SiloAddress> _seen = [];
    private readonly GrowingPause _pause = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
    private Task? _loading;
    private bool _ready;

    /// <summary>Whether new silos are ready to take part. Looks for new silos, and has them preload their shards.</summary>
    /// <param name="snapshot">The cluster's membership.</param>
    /// <param name="aside">Names of silos that are left out for a while.</param>
    /// <param name="isOut">Whether a silo must not take part.</param>
    public bool AreReady(ClusterMembershipSnapshot snapshot, IReadOnlyDictionary<string, string> aside, Func<SiloAddress, bool> isOut)
    {
        if (!_ready && _loading is null)
        {
            var isNew = snapshot.Members.Values.Any(m =>
                m.Status == SiloStatus.Active && !group.Silos.Contains(m.SiloAddress) && !_seen.Contains(m.SiloAddress)
                && !aside.ContainsKey(m.Name) && !isOut(m.SiloAddress));
            _loading = isNew ? Load() : null;
        }

        return _ready;
    }

    private async Task Load()
    {
        try
        {
            var next = await rendezvous();
            if (!group.Silos.All(next.Silos.Contains))
            {
                await Task.Delay(_pause.Next()); // it would do without a member, who may be the only one that has the model
                return;
            }

            if (group.Count < job.Data.Shards && next.Silos.Any(s => !group.Silos.Contains(s)))
            {
                await next.Preload(job, facts, group.Silos);
                _ready = true;
            }

            _seen.UnionWith(next.Answered); // those for whom there is no place are not asked again
            _seen.ExceptWith(next.Aside);
        }
        catch (CutOffException e)
        {
            leaveOut(e.Aside);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException or JobException or LostPeerException or LostMemberException)
        {
            await Task.Delay(_pause.Next()); // gone again, or not able yet
        }
        finally
        {
            _loading = null;
            ready();
        }
    }
}
