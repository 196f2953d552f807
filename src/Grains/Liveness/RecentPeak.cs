namespace Granary.Grains.Liveness;

/// <summary>The largest of the values of the last while. For use by one thread at a time.</summary>
/// <param name="lasts">How long a value counts: never less than a smaller one.</param>
/// <param name="time">The clock.</param>
internal sealed class RecentPeak(Func<TimeSpan, TimeSpan> lasts, TimeProvider time)
{
    // Falling: a value that comes after a larger one counts when the larger one's time is over.
    private readonly LinkedList<(long At, TimeSpan Value)> _falling = [];

    /// <summary>The largest; zero without any.</summary>
    public TimeSpan Value
    {
        get
        {
            while (_falling.First is { Value: var (at, value) } && time.GetElapsedTime(at) > lasts(value))
            {
                _falling.RemoveFirst();
            }

            return _falling.First?.Value.Value ?? TimeSpan.Zero;
        }
    }

    /// <summary>Takes a value in.</summary>
    public void Add(TimeSpan value)
    {
        while (_falling.Last is { Value.Value: var last } && last <= value)
        {
            _falling.RemoveLast();
        }

        _falling.AddLast((time.GetTimestamp(), value));
        _ = Value; // forgets what is over
    }
}
