using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Grains.Coordination;

/// <summary>Tells a stalled generation from a slow one, from what its members say they are doing, once a second. Plain rules.</summary>
/// <param name="members">How many.</param>
internal sealed class StallWatch(int members)
{
    /// <summary>Without a byte coming in or going out, where no silo is late: long against any pause of a network that works, short against a human's patience.</summary>
    public static readonly TimeSpan StallTime = TimeSpan.FromSeconds(3);

    /// <summary>So many stall times without an answer, of a silo that the cluster takes for alive: where it is not, the cluster finds out in less.</summary>
    public const int SilentStalls = 2;

    private const double SlowSeconds = 2;
    private const double SlowFactor = 3;
    private bool _slowNamed;

    /// <summary>What is wrong.</summary>
    /// <param name="Stalled">No worker computes, and data that was sent does not arrive; else a worker is slow.</param>
    /// <param name="Member">Who waits, or is slow.</param>
    /// <param name="Lost">Whom the next generation is to do without, where that comes to pass again; null: nobody.</param>
    /// <param name="Silo">The silo that it is about, by name.</param>
    /// <param name="Message">For people.</param>
    public sealed record Finding(bool Stalled, int Member, int? Lost, string? Silo, string Message);

    /// <summary>Looks at the members; null when nothing is wrong.</summary>
    /// <param name="answers">What each says; null: it has not answered for <see cref="SilentStalls"/>.</param>
    /// <param name="status">What is known of each.</param>
    /// <param name="stallTime">After so long without a byte the generation is stalled.</param>
    /// <param name="forming">Whether weights still go from members that have them to others.</param>
    public Finding? Look(IReadOnlyList<WorkerStanding?> answers, IReadOnlyList<MemberStatus> status, TimeSpan stallTime, bool forming = false)
    {
        WorkerStanding[] standing = [.. answers.OfType<WorkerStanding>()];
        if (standing.Length < members)
        {
            return Silent(answers, standing, status, stallTime);
        }

        if (members > 1 && NobodyIsBusy(standing, stallTime) && standing.Any(s => s.Waiting))
        {
            var (waiting, peer) = Missing(standing);
            var name = peer is { } p ? status[p].Name : null;

            // One that lacks weights is left out rather than one that has them, and may be the only one.
            var lost = forming ? waiting : peer;
            return new Finding(
                true, waiting, lost, lost is { } l ? status[l].Name : null,
                $"nothing has moved for more than {stallTime.TotalSeconds:0} s: {status[waiting].Name} still misses numbers of {name ?? "the others"}");
        }

        if (_slowNamed || members < 2)
        {
            return null;
        }

        for (var m = 0; m < members; m++)
        {
            var others = standing.Where((_, i) => i != m).ToArray();
            var usual = status.Where((_, i) => i != m).Average(s => s.ComputeSeconds);
            var slow = status[m].ComputeSeconds > SlowFactor * usual && status[m].ComputeSeconds > 0.01 && usual > 0;
            if (slow || (standing[m].Activity is WorkerActivity.Computing or WorkerActivity.Evaluating && standing[m].Seconds > SlowSeconds && others.All(o => o.Waiting && o.Seconds > SlowSeconds)))
            {
                _slowNamed = true;
                return new Finding(
                    false, m, null, status[m].Name,
                    $"silo {status[m].Name} is slow: its gradients take {Quantity.OfDuration(Math.Max(status[m].ComputeSeconds, standing[m].Seconds))}{(usual > 0 ? $", those of the others {Quantity.OfDuration(usual)}" : "")}; the others wait for it");
            }
        }

        return null;
    }

    // Whose numbers are missing, and who misses them. Two that miss each other's are at the two ends of what is broken; a third one that misses theirs waits only because they do.
    private static (int Waiting, int? Peer) Missing(WorkerStanding[] standing)
    {
        var missed = standing.SelectMany((s, m) => s.WaitingFor.Select(w => (Waiting: m, Peer: w))).ToHashSet();
        var mutual = missed.Where(m => missed.Contains((m.Peer, m.Waiting))).ToArray();
        return missed.Count == 0 ? (Array.FindIndex(standing, s => s.Waiting), null) : (mutual.Length > 0 ? mutual : [.. missed]).GroupBy(m => m.Peer).OrderByDescending(g => g.Count()).ThenByDescending(g => g.Key)
            .Select(g => (g.First().Waiting, (int?)g.Key)).First();
    }

    // Each waits for numbers without a byte that comes or goes, or has done all that it may do. An earlier build, which says nothing of calls, said that it awaits a grant also where it was busy.
    private static bool NobodyIsBusy(WorkerStanding[] standing, TimeSpan stallTime) =>
        standing.All(s => s is { Activity: WorkerActivity.AwaitingGrant, Calls: not null } || (s.Waiting && s.Seconds > stallTime.TotalSeconds));

    // It may live, as others know, and not reach the coordinator. While somebody computes nobody is waited for in vain.
    private static Finding? Silent(IReadOnlyList<WorkerStanding?> answers, WorkerStanding[] standing, IReadOnlyList<MemberStatus> status, TimeSpan stallTime)
    {
        if (!NobodyIsBusy(standing, stallTime))
        {
            return null;
        }

        if (standing.Length == 0 && answers.Count > 1)
        {
            return new Finding(true, 0, null, null, $"no silo of the job has answered for {SilentStalls * stallTime.TotalSeconds:0} s, though the cluster knows them to be alive");
        }

        var all = answers.ToArray();
        var (silent, waiting) = (Array.IndexOf(all, null), Array.FindIndex(all, a => a is not null));
        return new Finding(
            true, Math.Max(waiting, 0), silent, status[silent].Name,
            $"silo {status[silent].Name} has not answered for {SilentStalls * stallTime.TotalSeconds:0} s, though the cluster knows it to be alive, and nobody goes on without it");
    }
}
