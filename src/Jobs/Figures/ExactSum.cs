namespace Granary.Jobs;

/// <summary>
/// A sum of doubles that loses nothing: it is kept as doubles that do not overlap (Shewchuk, 1997), and rounded once, when it is asked for.
/// So it is the same to the bit in any order and however its terms were spread over shards.
/// </summary>
public sealed class ExactSum
{
    private readonly List<double> _parts = []; // rising in magnitude
    private double _notFinite;

    /// <summary>Nothing yet.</summary>
    public ExactSum()
    {
    }

    /// <summary>What another sum was.</summary>
    /// <param name="parts">Its <see cref="Parts"/>.</param>
    public ExactSum(ReadOnlySpan<double> parts) => Add(parts);

    /// <summary>Adds a number.</summary>
    public void Add(double value)
    {
        if (!double.IsFinite(value))
        {
            _notFinite += value;
            return;
        }

        var kept = 0;
        for (var at = 0; at < _parts.Count; at++)
        {
            var part = _parts[at];
            var (large, small) = Math.Abs(value) < Math.Abs(part) ? (part, value) : (value, part);
            value = large + small;
            var lost = small - (value - large);
            if (lost != 0)
            {
                _parts[kept++] = lost; // never beyond the part that is read
            }
        }

        _parts.RemoveRange(kept, _parts.Count - kept);
        _parts.Add(value);
    }

    /// <summary>Adds another sum.</summary>
    /// <param name="parts">Its <see cref="Parts"/>.</param>
    public void Add(ReadOnlySpan<double> parts)
    {
        foreach (var part in parts)
        {
            Add(part);
        }
    }

    /// <summary>Doubles that add up to it exactly. The same sum may have several such lists.</summary>
    public double[] Parts => _notFinite == 0 ? [.. _parts] : [.. _parts, _notFinite];

    /// <summary>The double that is nearest to it. Not finite where a term was not.</summary>
    public double Value
    {
        get
        {
            if (_notFinite != 0)
            {
                return _notFinite;
            }

            var (at, sum, lost) = (_parts.Count, 0.0, 0.0);
            while (at > 0 && lost == 0)
            {
                var (before, part) = (sum, _parts[--at]);
                sum = before + part;
                lost = part - (sum - before);
            }

            // Half-way between two doubles, the parts that follow decide.
            if (at > 0 && lost != 0 && Math.Sign(lost) == Math.Sign(_parts[at - 1]))
            {
                var (twice, next) = (2 * lost, sum + (2 * lost));
                sum = next - sum == twice ? next : sum;
            }

            return sum;
        }
    }
}
