using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Client.Chaos;

/// <summary>How long the job took from each fault that ended its generation to the first step beyond those before it. Plain rules
/// over the job's events; polling its status would miss seconds when the silo that is asked dies.</summary>
internal sealed class RecoveryTimes
{
    private readonly SortedDictionary<long, DateTimeOffset> _resumed = [];

    /// <summary>Takes a part of the job's story in.</summary>
    public void Add(IEnumerable<JobEvent> events)
    {
        foreach (var resumed in events.Where(e => e.Kind == JobEventKind.Resumed))
        {
            _resumed[resumed.Generation] = resumed.At;
        }
    }

    /// <summary>Seconds from a fault until the job had got over it; null: it never did, or another fault came first.</summary>
    /// <param name="fault">The fault.</param>
    /// <param name="next">The one after it that ended a generation too; null: none.</param>
    public double? Of(FaultDone fault, FaultDone? next)
    {
        foreach (var at in _resumed.Values)
        {
            if (at > fault.At)
            {
                return next is null || at < next.At ? (at - fault.At).TotalSeconds : null;
            }
        }

        return null;
    }
}
