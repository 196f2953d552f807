using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Granary.Model.Data.Checking;

/// <summary>At one end of each feature's values: the last value, how often it occurs, and the one next to it. All features of a row are looked at
/// at once.</summary>
internal sealed class EndValues
{
    private readonly Vector<double> _sign;
    private readonly double[] _last; // times the sign: the least of them
    private readonly double[] _next;
    private readonly double[] _count;

    /// <param name="width">Features, a whole number of vectors.</param>
    /// <param name="least">Whether the least values are meant; else the greatest.</param>
    public EndValues(int width, bool least)
    {
        _sign = new Vector<double>(least ? 1 : -1);
        (_last, _next, _count) = (new double[width], new double[width], new double[width]);
        Array.Fill(_last, double.PositiveInfinity);
        Array.Fill(_next, double.PositiveInfinity);
    }

    /// <summary>Looks at a row; NaN where a value is missing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(double[] row)
    {
        var x = Vectors(row);
        var last = Vectors(_last);
        var next = Vectors(_next);
        var count = Vectors(_count);
        for (var i = 0; i < x.Length; i++)
        {
            var value = x[i] * _sign;
            if (!Vector.LessThanAny(value, next[i]))
            {
                continue; // nothing of it is near the end
            }

            var (beyond, equal) = (Vector.LessThan(value, last[i]), Vector.Equals(value, last[i]));
            var between = Vector.AndNot(Vector.LessThan(value, next[i]), equal);
            next[i] = Vector.ConditionalSelect(beyond, last[i], Vector.ConditionalSelect(between, value, next[i]));
            count[i] = Vector.ConditionalSelect(beyond, Vector<double>.One, count[i] + Vector.ConditionalSelect(equal, Vector<double>.One, Vector<double>.Zero));
            last[i] = Vector.ConditionalSelect(beyond, value, last[i]);
        }
    }

    private static Span<Vector<double>> Vectors(double[] numbers) => MemoryMarshal.Cast<double, Vector<double>>(numbers.AsSpan());

    /// <summary>Adds what others have found.</summary>
    public void Merge(EndValues other)
    {
        for (var f = 0; f < _last.Length; f++)
        {
            var (mine, theirs) = (_last[f], other._last[f]);
            var last = Math.Min(mine, theirs);
            _count[f] = (mine == last ? _count[f] : 0) + (theirs == last ? other._count[f] : 0);
            _next[f] = Math.Min(Math.Min(_next[f], other._next[f]), mine == theirs ? double.PositiveInfinity : Math.Max(mine, theirs));
            _last[f] = last;
        }
    }

    /// <summary>The last value of a feature, the one next to it (infinite where there is none), and in how many rows the last one is.</summary>
    public (double Last, double Next, long Count) Of(int feature) => (_last[feature] * _sign[0], _next[feature] * _sign[0], (long)_count[feature]);
}
