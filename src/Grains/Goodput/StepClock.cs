namespace Granary.Grains.Goodput;

/// <summary>How many seconds of training had passed when a step was committed, for some steps: the newest ones closely, the older ones
/// coarsely, in bounded memory. Between two of them time is taken to pass evenly.</summary>
[GenerateSerializer, Alias("granary.StepClock")]
public sealed class StepClock
{
    private const int Most = 256;

    /// <summary>Committed steps, rising.</summary>
    [Id(0)] public List<long> Steps { get; set; } = [0];

    /// <summary>Seconds of training then.</summary>
    [Id(1)] public List<double> Seconds { get; set; } = [0];

    /// <summary>The newest step known.</summary>
    public long Newest => Steps[^1];

    /// <summary>A step has been committed.</summary>
    public void Add(long step, double seconds)
    {
        if (step <= Steps[^1])
        {
            return;
        }

        Steps.Add(step);
        Seconds.Add(seconds);
        if (Steps.Count > Most)
        {
            Thin();
        }
    }

    /// <summary>Training goes on from a step: what was known of later ones does not count any more.</summary>
    public void Rewind(long step)
    {
        var seconds = At(step);
        var keep = Steps.TakeWhile(s => s < step).Count();
        Steps.RemoveRange(keep, Steps.Count - keep);
        Seconds.RemoveRange(keep, Seconds.Count - keep);
        Steps.Add(step);
        Seconds.Add(seconds);
    }

    /// <summary>Seconds of training when so many steps were committed; of steps not known yet, as many as of the newest known one.</summary>
    public double At(long step)
    {
        var after = Steps.FindIndex(s => s >= step);
        if (after <= 0)
        {
            return after < 0 ? Seconds[^1] : Seconds[0];
        }

        var (s0, s1) = (Steps[after - 1], Steps[after]);
        return Seconds[after - 1] + ((Seconds[after] - Seconds[after - 1]) * (step - s0) / (s1 - s0));
    }

    // Every second one of the older half goes.
    private void Thin()
    {
        for (var i = Most / 2; i > 0; i -= 2)
        {
            Steps.RemoveAt(i);
            Seconds.RemoveAt(i);
        }
    }
}
