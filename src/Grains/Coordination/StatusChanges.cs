using Granary.Contracts;

namespace Granary.Grains.Coordination;

/// <summary>Notifies callers that wait for a change of a job's status: of news at once, of progress a few times a second, however many steps there
/// are. For one activation of a coordinator, on its scheduler alone; another activation's marks differ from its own.</summary>
/// <param name="time">The clock.</param>
/// <param name="start">What its marks begin with, another number for every activation.</param>
internal sealed class StatusChanges(TimeProvider time, long start)
{
    // As often as a reader can follow.
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromMilliseconds(100);

    private TaskCompletionSource _changed = New();

    /// <summary>The present status.</summary>
    public StatusMark Mark { get; private set; } = new(start, start);

    /// <summary>Something has changed that callers are notified of at once.</summary>
    public void News() => Change(Mark with { News = Mark.News + 1 });

    /// <summary>Steps have been committed.</summary>
    public void Progress() => Change(Mark with { Progress = Mark.Progress + 1 });

    /// <summary>Waits until there is another status than the known one, or for <see cref="StatusMark.LongestWait"/>.</summary>
    /// <param name="known">The status that the caller knows.</param>
    public async Task After(StatusMark known)
    {
        var since = time.GetTimestamp();
        while (Mark.News == known.News)
        {
            var rest = (Mark.Progress == known.Progress ? StatusMark.LongestWait : ProgressEvery) - time.GetElapsedTime(since);
            if (rest <= TimeSpan.Zero)
            {
                return;
            }

            using var enough = new CancellationTokenSource();
            await Task.WhenAny(_changed.Task, Task.Delay(rest, time, enough.Token));
            await enough.CancelAsync();
        }
    }

    private void Change(StatusMark mark)
    {
        Mark = mark;
        var before = _changed;
        _changed = New();
        before.TrySetResult();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
