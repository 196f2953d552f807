using System.Diagnostics;

namespace Granary.Deploy.Tests.Containers;

/// <summary>Watches for how long a job takes no new step, through all silos at once: one that is cut off answers late, or not at all, or tells of what was.</summary>
internal sealed class StepClock : IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _over = new();
    private readonly Lock _changing = new();
    private readonly Task _looking;
    private Stopwatch _since = Stopwatch.StartNew();
    private TimeSpan _longest;
    private long _step = -1;

    /// <param name="silos">Where each serves its API.</param>
    /// <param name="job">The job.</param>
    public StepClock(IEnumerable<Uri> silos, string job) => _looking = Task.WhenAll(silos.Select(s => Look(s, job)));

    /// <summary>Begins anew.</summary>
    public void Restart()
    {
        lock (_changing)
        {
            (_since, _longest) = (Stopwatch.StartNew(), TimeSpan.Zero);
        }
    }

    /// <summary>The longest time without a step that was none before.</summary>
    public double Longest
    {
        get
        {
            lock (_changing)
            {
                return _longest.TotalSeconds;
            }
        }
    }

    private async Task Look(Uri silo, string job)
    {
        using var api = new ClusterApi([silo]);
        while (!_over.IsCancellationRequested)
        {
            if (await api.Ask(silo, job) is { } status)
            {
                Seen(status.GetProperty("step").GetInt64());
            }

            await Task.Delay(LookEvery);
        }
    }

    private void Seen(long step)
    {
        lock (_changing)
        {
            if (step > _step)
            {
                _longest = _since.Elapsed > _longest ? _since.Elapsed : _longest;
                (_step, _since) = (step, Stopwatch.StartNew());
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _looking;
        _over.Dispose();
    }
}
