using System.Diagnostics;

namespace Granary.Cluster.Tests;

/// <summary>Processes that want all of the processor they can get, until this is disposed of.</summary>
internal sealed class BusyProcesses : IDisposable
{
    private readonly Process[] _processes;

    /// <param name="count">How many.</param>
    public BusyProcesses(int count) => _processes =
        [.. Enumerable.Range(0, count).Select(_ => Process.Start("sh", ["-c", "while :; do :; done"]))];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var process in _processes)
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
    }
}
