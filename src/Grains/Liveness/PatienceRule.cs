namespace Granary.Grains.Liveness;

/// <summary>How a silo's lateness widens what it allows others before it takes them for dead. Plain rules.</summary>
internal static class PatienceRule
{
    /// <summary>Patience in a cluster without late silos; makes failure detection fast.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    /// <summary>The greatest patience, however late a silo is.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>Patience with a silo that joins: it compiles its code while it answers, and its lateness is not known yet.</summary>
    public static readonly TimeSpan WhileJoining = TimeSpan.FromSeconds(5);

    // An answer waits for the processor at a handful of places, at both ends, and not each time for as little as was measured.
    private const double PerLateness = 10;

    /// <summary>How long a silo counts as one that joins.</summary>
    public static readonly TimeSpan LongestJoin = TimeSpan.FromSeconds(30);

    /// <summary>How long a silo tells others of a lateness: three times, so that one of them arrives.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(3);

    // A thread that waits five times as long as it runs is usual where every core is busy with the silos' own work: 5 x 20 ms is the
    // lateness that changes nothing.
    private static readonly TimeSpan PerWait = TimeSpan.FromMilliseconds(20);

    /// <summary>The lateness of a process whose threads wait for the processor so many times as long as they run.</summary>
    public static TimeSpan Lateness(double waits) => PerWait * Math.Min(waits, 1000);

    /// <summary>How long a lateness counts: as long as the silence it allows. A silo that has reported its lateness may be silent for
    /// all of it; the hiccups of a start are forgotten in seconds.</summary>
    public static TimeSpan Lasts(TimeSpan lateness) => 2 * Of(lateness);

    /// <summary>The patience that a lateness asks for.</summary>
    public static TimeSpan Of(TimeSpan lateness) =>
        lateness * PerLateness < Shortest ? Shortest : lateness * PerLateness < Longest ? lateness * PerLateness : Longest;
}
