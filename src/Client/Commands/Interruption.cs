using System.Runtime.InteropServices;

namespace Granary.Client.Commands;

/// <summary>Ctrl+C, SIGTERM and the end of the terminal: the first asks for a graceful end, the second for an end at once. The end of a
/// terminal is signalled more than once, by the system and by the shell, and does not count as a second request.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _first = new();
    private readonly CancellationTokenSource _second = new();
    private readonly PosixSignalRegistration[] _signals;

    public Interruption() => _signals = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(s =>
        PosixSignalRegistration.Create(s, context =>
        {
            context.Cancel = true;
            if (!_first.IsCancellationRequested)
            {
                _first.Cancel();
            }
            else if (s != PosixSignal.SIGHUP)
            {
                _second.Cancel();
            }
        }))];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _first.Token;

    /// <summary>Cancelled by the second.</summary>
    public CancellationToken Again => _second.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var signal in _signals)
        {
            signal.Dispose();
        }

        _first.Dispose();
        _second.Dispose();
    }
}
