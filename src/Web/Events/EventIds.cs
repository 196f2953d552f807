using System.Globalization;
using Granary.Contracts;

namespace Granary.Web.Events;

/// <summary>Ids by which a stream of events goes on where it broke off. Of a job with many events some in the middle are no longer kept, so an
/// event's place is no id: it is its time, in ticks, and its place among those of the same time.</summary>
internal static class EventIds
{
    /// <summary>Events with their ids.</summary>
    public static IEnumerable<(string Id, JobEvent Event)> Of(IReadOnlyList<JobEvent> events)
    {
        var (time, place) = (0L, 0);
        foreach (var e in events)
        {
            (time, place) = e.At.UtcTicks == time ? (time, place + 1) : (e.At.UtcTicks, 0);
            yield return (string.Create(CultureInfo.InvariantCulture, $"{time}-{place}"), e);
        }
    }

    /// <summary>Those after the one of an id. Where that is no longer kept: those that are later than it. Without an id, or with none of ours: all.</summary>
    public static IEnumerable<(string Id, JobEvent Event)> After(string? id, IReadOnlyList<JobEvent> events)
    {
        (string Id, JobEvent Event)[] all = [.. Of(events)];
        if (id is null || !long.TryParse(id.Split('-')[0], CultureInfo.InvariantCulture, out var time))
        {
            return all;
        }

        var at = Array.FindLastIndex(all, e => e.Id == id);
        return at >= 0 ? all[(at + 1)..] : all.Where(e => e.Event.At.UtcTicks > time);
    }
}
