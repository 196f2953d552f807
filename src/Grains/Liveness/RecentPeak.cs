namespace Granary.Grains.Liveness;

/// <summary>The largest of the values of the last while. For use by one thread at a time.</summary>
/// <param name="window">How long a value counts.</param>
/// <param name="time">The clock.</param>
internal sealed class RecentPeak(TimeSpan window, TimeProvider time)
{
    // Falling: a value that comes after a larger one counts when the larger one's time is over.
    private readonly LinkedList<(long At, TimeSpan Value)> _falling = [];

    /// <summary>The largest; zero without any.</summary>
    public TimeSpan Value
    {
        get
        {
            while (_falling.First is { Value.At: var at } && time.GetElapsedTime(at) > window)
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
