using System.Reflection;
using Granary.Bench.Calibration;
using Granary.Bench.Quiet;

namespace Granary.Bench.Measuring;

/// <summary>One run of the bench.</summary>
internal sealed class Session : IDisposable
{
    private readonly SortedDictionary<string, string> _leftOut = new(StringComparer.Ordinal);

    /// <param name="quick">Some minutes in all, with few pairs.</param>
    public Session(bool quick) => Quick = quick;

    /// <summary>Some minutes in all, with few pairs.</summary>
    public bool Quick { get; }

    /// <summary>The repository.</summary>
    public string Root { get; } = Metadata("Root");

    /// <summary>The command line's program.</summary>
    public string Client { get; } = Metadata("ClientPath");

    /// <summary>A folder for whatever a run writes; gone afterwards.</summary>
    public string Scratch { get; } = Directory.CreateTempSubdirectory("granary-bench-").FullName;

    /// <summary>The machine's load averages before anything was measured.</summary>
    public string LoadBefore { get; } = File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Trim() : "unknown";

    /// <summary>What all processes share.</summary>
    public SharedEnvironment Environment { get; } = new();

    /// <summary>Processor time, to know how much of it others have.</summary>
    public ProcessorClock Clock { get; } = new();

    /// <summary>The peers' BLAS.</summary>
    public PeerArithmetic PeerArithmetic { get; } = new();

    /// <summary>Peers that took no part, and why.</summary>
    public IReadOnlyDictionary<string, string> LeftOut => _leftOut;

    /// <summary>Names a peer that takes no part.</summary>
    public void LeaveOut(string peer, string reason)
    {
        if (_leftOut.TryAdd(peer, reason))
        {
            Say($"  left out: {peer}: {reason}");
        }
    }

    /// <summary>Tells the user how far it is.</summary>
    public void Say(string line) => Console.Error.WriteLine(line);

    private static string Metadata(string key) =>
        typeof(Session).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;

    /// <inheritdoc/>
    public void Dispose()
    {
        Clock.Dispose();
        Directory.Delete(Scratch, recursive: true);
    }
}
