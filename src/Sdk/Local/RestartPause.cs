using System.Diagnostics;

namespace Granary.Sdk.Local;

/// <summary>How long a silo's place stays empty, counted from now: longer each time the silo ends soon, or cannot be started.</summary>
/// <param name="Length">The whole pause.</param>
internal sealed record RestartPause(TimeSpan Length)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private readonly Stopwatch _since = Stopwatch.StartNew();

    /// <summary>Whether it is over.</summary>
    public bool IsOver => _since.Elapsed >= Length;

    /// <summary>After a silo has ended.</summary>
    public static RestartPause After(SiloProcess silo) => silo.Up > Soon ? new(First) : AfterPause(silo.Pause);

    /// <summary>After a start that failed, which had waited for so long.</summary>
    public static RestartPause AfterPause(TimeSpan last) =>
        new(last * 2 < First ? First : last * 2 < Longest ? last * 2 : Longest);
}
