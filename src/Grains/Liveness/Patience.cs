namespace Granary.Grains.Liveness;

/// <summary>How long other silos may be silent before this one declares them dead. Slow is not dead: a silo that gets the processor late answers
/// late, and one that asks late hears the answer late. So the lateness of both ends counts, the greater of them, for a while.</summary>
internal sealed class Patience
{
    private readonly Lock _changing = new();
    private readonly TimeProvider _time;
    private readonly RecentPeak _own;
    private readonly RecentPeak _fresh;
    private readonly RecentPeak _others;
    private Dictionary<SiloAddress, long> _joining = []; // since when

    /// <param name="time">The clock.</param>
    public Patience(TimeProvider time)
    {
        _time = time;
        (_own, _others) = (new(PatienceRule.Lasts, time), new(PatienceRule.Lasts, time));
        _fresh = new(_ => PatienceRule.Fresh, time);
    }

    /// <summary>How late this silo has been lately.</summary>
    public TimeSpan OwnLateness
    {
        get
        {
            lock (_changing)
            {
                return _own.Value;
            }
        }
    }

    /// <summary>How late it has just been: what others are told. They remember it for as long as it counts.</summary>
    public TimeSpan FreshLateness
    {
        get
        {
            lock (_changing)
            {
                return _fresh.Value;
            }
        }
    }

    /// <summary>The silence that is tolerated.</summary>
    public TimeSpan Current
    {
        get
        {
            lock (_changing)
            {
                var patience = PatienceRule.Of(_own.Value > _others.Value ? _own.Value : _others.Value);
                return patience < PatienceRule.WhileJoining && _joining.Values.Any(since => _time.GetElapsedTime(since) < PatienceRule.LongestJoin) ? PatienceRule.WhileJoining : patience;
            }
        }
    }

    /// <summary>Whether some silo is so late that more than the usual silence is tolerated.</summary>
    public bool IsStretched => Current > PatienceRule.Shortest;

    /// <summary>Scales a time-out that suits an idle cluster to the present lateness.</summary>
    public TimeSpan Stretch(TimeSpan usual) => usual * (Current / PatienceRule.Shortest);

    /// <summary>This silo was so late.</summary>
    public void Measured(TimeSpan lateness)
    {
        lock (_changing)
        {
            _own.Add(lateness);
            _fresh.Add(lateness);
        }
    }

    /// <summary>Another silo says that it was so late.</summary>
    public void Told(TimeSpan lateness)
    {
        lock (_changing)
        {
            _others.Add(lateness);
        }
    }

    /// <summary>The silos that are joining just now. Each counts for a while from when it was first among them: one that dies as it joins may stay.</summary>
    public void Joining(IEnumerable<SiloAddress> silos)
    {
        lock (_changing)
        {
            var now = _time.GetTimestamp();
            _joining = silos.ToDictionary(s => s, s => _joining.GetValueOrDefault(s, now));
        }
    }
}
