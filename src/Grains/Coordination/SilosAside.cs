namespace Granary.Grains.Coordination;

/// <summary>Silos that live and cannot be worked with: they are left out while others can take part, for a while that grows each time. Plain rules.</summary>
/// <param name="time">The clock.</param>
internal sealed class SilosAside(TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>();

    private readonly Dictionary<string, Entry> _silos = [];

    /// <summary>Those that are left out now, by name, and why.</summary>
    public IReadOnlyDictionary<string, string> Now => _silos.Count == 0 ? None : _silos.Where(s => time.GetTimestamp() < s.Value.Until).ToDictionary(s => s.Key, s => s.Value.Why);

    /// <summary>Leaves a silo out from now on.</summary>
    /// <param name="silo">Its name.</param>
    /// <param name="why">Why, for people.</param>
    public void Add(string silo, string why)
    {
        // One that has been worked with for long since is as good as new.
        var lasts = _silos.GetValueOrDefault(silo) is { } before && time.GetElapsedTime(before.Until) < Longest
            ? before.Lasts * 2 < Longest ? before.Lasts * 2 : Longest
            : First;
        _silos[silo] = new Entry(time.GetTimestamp() + (long)(lasts.TotalSeconds * time.TimestampFrequency), lasts, why);
    }

    private sealed record Entry(long Until, TimeSpan Lasts, string Why);
}
