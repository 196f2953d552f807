namespace Granary.Deploy.Tests.Containers;

/// <summary>Starts pods again that end of themselves, as a kubelet does: the others may take a silo for dead at any time after a fault, also when it takes part again.</summary>
/// <param name="isRunning">Whether a pod's process has not ended.</param>
/// <param name="again">Starts one again that has ended; returns its exit code, and the last that it wrote.</param>
internal sealed class Kubelet(Func<string, Task<bool>> isRunning, Func<string, Task<(int Code, string Wrote)>> again) : IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    private readonly SortedSet<string> _wanted = [];
    private readonly List<(string Pod, int Code, string Wrote)> _ended = [];
    private readonly SemaphoreSlim _looking = new(1, 1);
    private readonly CancellationTokenSource _over = new();
    private Task? _loop;

    /// <summary>From now on a pod is started again when it ends.</summary>
    public Task Wants(string pod) => Changing(() => _wanted.Add(pod));

    /// <summary>From now on a pod may end: nobody starts it, and nobody is about to.</summary>
    public Task Lets(string pod) => Changing(() => _wanted.Remove(pod));

    /// <summary>The pods that have ended of themselves since this was asked last, with their exit codes and the last that they wrote.</summary>
    public async Task<IReadOnlyList<(string Pod, int Code, string Wrote)>> Ended()
    {
        IReadOnlyList<(string, int, string)> ended = [];
        await Changing(() =>
        {
            ended = [.. _ended];
            _ended.Clear();
        });
        return ended;
    }

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
                foreach (var pod in _wanted)
                {
                    if (!await isRunning(pod))
                    {
                        var (code, wrote) = await again(pod);
                        _ended.Add((pod, code, wrote));
                    }
                }
            }
            finally
            {
                _looking.Release();
            }

            await Task.WhenAny(Task.Delay(LookEvery, _over.Token));
        }
    }

    /// <summary>Ends it; throws what kept it from starting a pod again.</summary>
    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await (_loop ?? Task.CompletedTask);
        _over.Dispose();
    }
}
