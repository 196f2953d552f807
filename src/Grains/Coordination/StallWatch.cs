using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Grains.Coordination;

/// <summary>Tells a stalled generation from a slow one, from what its members say they are doing, once a second. Plain rules.</summary>
/// <param name="members">How many.</param>
internal sealed class StallWatch(int members)
{
    /// <summary>Without a byte coming in or going out, where no silo is late: long against any pause of a network that works, short against a human's patience.</summary>
    public static readonly TimeSpan StallTime = TimeSpan.FromSeconds(3);

    private const double SlowSeconds = 2;
    private const double SlowFactor = 3;
    private bool _slowNamed;

    /// <summary>What is wrong.</summary>
    /// <param name="Stalled">No worker computes, and data that was sent does not arrive; else a worker is slow.</param>
    /// <param name="Member">Who waits.</param>
    /// <param name="Peer">Whose numbers are missing.</param>
    /// <param name="Silo">The silo of that name.</param>
    /// <param name="Message">For people.</param>
    public sealed record Finding(bool Stalled, int Member, int? Peer, string? Silo, string Message);

    /// <summary>Looks at the members; null when nothing is wrong.</summary>
    /// <param name="standing">What each says.</param>
    /// <param name="status">What is known of each.</param>
    /// <param name="stallTime">After so long without a byte the generation is stalled.</param>
    public Finding? Look(IReadOnlyList<WorkerStanding> standing, IReadOnlyList<MemberStatus> status, TimeSpan stallTime)
    {
        if (members > 1 && standing.All(s => s.Waiting && s.Seconds > stallTime.TotalSeconds))
        {
            var waiting = standing.Select((s, m) => (s, m)).FirstOrDefault(x => x.s.WaitingFor.Count > 0);
            int? peer = waiting.s is null ? null : waiting.s.WaitingFor[0];
            var name = peer is { } p ? status[p].Name : null;
            return new Finding(
                true, waiting.m, peer, name,
                $"every silo has waited for more than {stallTime.TotalSeconds:0} s; {status[waiting.m].Name} still misses numbers of {name ?? "the others"}");
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
            if (slow || (!standing[m].Waiting && standing[m].Seconds > SlowSeconds && others.All(o => o.Waiting && o.Seconds > SlowSeconds)))
            {
                _slowNamed = true;
                return new Finding(
                    false, m, null, status[m].Name,
                    $"silo {status[m].Name} is slow: its gradients take {Quantity.OfDuration(Math.Max(status[m].ComputeSeconds, standing[m].Seconds))}{(usual > 0 ? $", those of the others {Quantity.OfDuration(usual)}" : "")}; the others wait for it");
            }
        }

        return null;
    }
}
