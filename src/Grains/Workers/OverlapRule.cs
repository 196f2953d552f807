namespace Granary.Grains.Workers;

/// <summary>A trial's outcome.</summary>
/// <param name="Beside">Median seconds of the steps that exchanged sums while gradients were still being computed.</param>
/// <param name="After">Median seconds of those that exchanged them afterwards.</param>
/// <param name="Overlaps">What is done from now on.</param>
/// <param name="IsNews">Whether something else was done before, or no trial had been made.</param>
internal readonly record struct OverlapTrial(double Beside, double After, bool Overlaps, bool IsNews)
{
    /// <summary>How many times faster the former are.</summary>
    public double Gain => After / Beside;
}

/// <summary>
/// Whether sums are exchanged while gradients are still being computed. That helps where a core is idle or the network slow, and
/// costs where neither is: it is tried in turn with the other way, and what was faster is kept until the next trial. All members try
/// in the same steps, for a step is as long as that of the slowest; what they keep is each one's own decision, and shows in no number but
/// the time.
/// </summary>
/// <param name="first">First step of the generation.</param>
internal sealed class OverlapRule(long first)
{
    private const int Period = 2048;
    private const int Settling = 16;
    private const int Turn = 4;
    private const int Turns = 16;

    // A smaller gain cannot be told from noise, and a second thread should have a reason; where it has been found to have one, it stays
    // as long as there is any gain, so that steps between the two do not change their ways with every trial.
    private const double Worthwhile = 1.03;

    private readonly List<double> _beside = [];
    private readonly List<double> _after = [];
    private bool _overlaps;

    /// <summary>Whether a step's sums are exchanged while they are computed.</summary>
    public bool Overlaps(long step) => InTrial(step, out var place) ? place / Turn % 2 == 1 : _overlaps;

    /// <summary>A step has taken some seconds.</summary>
    /// <returns>The outcome of the trial that it has ended; null: it has ended none.</returns>
    public OverlapTrial? Took(long step, double seconds)
    {
        if (!InTrial(step, out var place))
        {
            return null;
        }

        // The first of a turn has begun while the others ended one of the other kind.
        if (place % Turn > 0)
        {
            (place / Turn % 2 == 1 ? _beside : _after).Add(seconds);
        }

        if (place < (Turn * Turns) - 1)
        {
            return null;
        }

        var (beside, after, before) = (TakeMedian(_beside), TakeMedian(_after), _overlaps);
        _overlaps = after / beside >= (before ? 1 : Worthwhile);
        return new OverlapTrial(beside, after, _overlaps, _overlaps != before || step - first < Period);
    }

    private bool InTrial(long step, out int place)
    {
        place = (int)((step - first) % Period) - Settling;
        return place is >= 0 and < Turn * Turns;
    }

    private static double TakeMedian(List<double> seconds)
    {
        seconds.Sort();
        var median = seconds[seconds.Count / 2];
        seconds.Clear();
        return median;
    }
}
