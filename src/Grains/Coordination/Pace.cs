namespace Granary.Grains.Coordination;

/// <summary>How fast a generation counts examples lately: over a window that is long enough to hold evaluations and checkpoints of a
/// usual job, or at least the last two samples. Plain rules; the caller reads the clock.</summary>
internal sealed class Pace
{
    private const double Window = 15;
    private const double Least = 1;

    private readonly Queue<(double Seconds, long Examples)> _seen = new();

    /// <summary>Examples a second; 0 until a second has passed.</summary>
    public double ExamplesPerSecond { get; private set; }

    /// <summary>Adds a sample.</summary>
    /// <param name="seconds">By a clock that never goes back.</param>
    /// <param name="examples">Examples counted by then.</param>
    public void Add(double seconds, long examples)
    {
        _seen.Enqueue((seconds, examples));
        while (_seen.Count > 2 && seconds - _seen.ElementAt(1).Seconds >= Window)
        {
            _seen.Dequeue();
        }

        var (since, before) = _seen.Peek();
        if (seconds - since >= Least)
        {
            ExamplesPerSecond = Math.Max(0, examples - before) / (seconds - since);
        }
    }
}
