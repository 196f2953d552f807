using System.Collections.Concurrent;

namespace Granary.Deploy.Tests.Containers;

/// <summary>Starts pods again that end of themselves, as a kubelet does: the others may take a silo for dead at any time after a fault, also when it takes part again.</summary>
/// <param name="isRunning">Whether a pod's process has not ended.</param>
/// <param name="again">Starts one again that has ended; returns what is known of its end.</param>
internal sealed class Kubelet(Func<string, bool> isRunning, Func<string, Task<EndedPod>> again) : IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);

    private readonly SortedSet<string> _wanted = [];
    private readonly ConcurrentQueue<EndedPod> _ended = [];
    private readonly SemaphoreSlim _looking = new(1, 1);
    private readonly CancellationTokenSource _over = new();
    private Task? _loop;

    /// <summary>All pods that have ended of themselves.</summary>
    public IReadOnlyList<EndedPod> Ended => [.. _ended];

    /// <summary>From now on a pod is started again when it ends.</summary>
    public Task Wants(string pod) => Changing(() => _wanted.Add(pod));

    /// <summary>From now on a pod may end: nobody starts it, and nobody is about to.</summary>
    public Task Lets(string pod) => Changing(() => _wanted.Remove(pod));

    private async Task Changing(Action change)
    {
        await _looking.WaitAsync();
        try
        {
            change();
            _loop ??= Task.Run(Look);
        }
        finally
        {
            _looking.Release();
        }
    }

    private async Task Look()
    {
        while (!_over.IsCancellationRequested)
        {
            await _looking.WaitAsync();
            try
            {
                foreach (var pod in _wanted.Where(p => !isRunning(p)))
                {
                    _ended.Enqueue(await Again(pod));
                }
            }
            finally
            {
                _looking.Release();
            }

            await Task.WhenAny(Task.Delay(LookEvery, _over.Token));
        }
    }

    private async Task<EndedPod> Again(string pod)
    {
        try
        {
            return await again(pod);
        }
#pragma warning disable CA1031 // it is tried again at the next look, and told
        catch (Exception e)
#pragma warning restore CA1031
        {
            return new EndedPod(pod, null, $"it could not be started again: {e.Message}");
        }
    }

    /// <summary>Starts no pod any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await (_loop ?? Task.CompletedTask);
        _over.Dispose();
    }
}

/// <summary>A pod that has ended of itself.</summary>
/// <param name="Pod">Which.</param>
/// <param name="Code">Its exit code; null: not known.</param>
/// <param name="Wrote">The last that it wrote.</param>
internal sealed record EndedPod(string Pod, int? Code, string Wrote);
