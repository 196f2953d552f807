using System.Diagnostics;

namespace Granary.Grains.Workers;

/// <summary>Calls the coordinators of a silo's jobs when a silo has left the cluster. A silo that froze breaks no connection: its
/// peers wait for data, have nothing to report, and would never call a coordinator that was in it. A call is what makes Orleans
/// activate the coordinator on another silo.</summary>
internal sealed class LossWatch : IDisposable
{
    // The cluster's directory may take ten seconds to recover from several losses.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly IAsyncEnumerable<ClusterMembershipSnapshot> _updates;
    private readonly Func<IReadOnlyList<string>> _jobs;
    private readonly Func<string, Task> _call;
    private readonly CancellationTokenSource _stopping = new();

    /// <param name="updates">Who is in the cluster.</param>
    /// <param name="jobs">Jobs that this silo has a part in.</param>
    /// <param name="call">Asks a job's coordinator anything.</param>
    public LossWatch(IAsyncEnumerable<ClusterMembershipSnapshot> updates, Func<IReadOnlyList<string>> jobs, Func<string, Task> call)
    {
        (_updates, _jobs, _call) = (updates, jobs, call);
        _ = Task.Run(Follow);
    }

    private async Task Follow()
    {
        HashSet<SiloAddress> living = [];
        try
        {
            await foreach (var snapshot in _updates.WithCancellation(_stopping.Token))
            {
                HashSet<SiloAddress> now = [.. snapshot.Members.Values.Where(m => m.Status == SiloStatus.Active).Select(m => m.SiloAddress)];
                if (!living.IsSubsetOf(now))
                {
                    foreach (var job in _jobs())
                    {
                        _ = Call(job);
                    }
                }

                living = now;
            }
        }
        catch (OperationCanceledException)
        {
            // This silo stops.
        }
    }

    // The first calls may still be sent to the silo that was lost.
    private async Task Call(string job)
    {
        for (var since = Stopwatch.StartNew(); since.Elapsed < Patience && !_stopping.IsCancellationRequested;)
        {
            try
            {
                await _call(job);
                return;
            }
            catch (Exception e) when (e is OrleansException or TimeoutException)
            {
                await Task.Delay(Pause, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stopping.Cancel(); // not disposed of: calls may still look at it
}
