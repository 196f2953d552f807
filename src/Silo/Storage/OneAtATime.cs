using System.Diagnostics;

namespace Granary.Silo.Storage;

/// <summary>Silos that share the embedded store join one after the other. Two that do so at the same moment conflict in the
/// membership table, and Orleans makes the second one wait for three seconds before it tries again.</summary>
/// <param name="file">A file that all of them can lock; the lock ends with its process.</param>
internal sealed class OneAtATime(string file) : ILifecycleParticipant<ISiloLifecycle>
{
    // The holder may be frozen; then wait no longer.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(10);

    private FileStream? _held;

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle)
    {
        // Around the stages at which membership writes.
        lifecycle.Subscribe(nameof(OneAtATime), ServiceLifecycleStage.RuntimeGrainServices - 1, Take);
        lifecycle.Subscribe(nameof(OneAtATime), ServiceLifecycleStage.Active, Release);
    }

    private async Task Take(CancellationToken cancellation)
    {
        for (var since = Stopwatch.StartNew(); _held is null && since.Elapsed < Patience;)
        {
            try
            {
                _held = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(AskAgain, cancellation);
            }
        }
    }

    private Task Release(CancellationToken cancellation)
    {
        _held?.Dispose();
        _held = null;
        return Task.CompletedTask;
    }
}
