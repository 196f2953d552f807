using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Granary.Jobs;

namespace Granary.Model.Data.Checking;

/// <summary>Looks once at every row of a shard, for what the values of each feature are like: range, mean, whether they are whole, whether they
/// rise from row to row, whether each class has one value of its own. All features of a row are looked at at once.</summary>
internal sealed class FeatureScan
{
    /// <summary>Different values that are told apart.</summary>
    public const int MostDistinct = 50;

    private const double LeastInexact = 1L << 53; // from here on whole numbers next to each other may be one double
    private const int MostRanges = 1 << 18; // of all classes

    private readonly int _features;
    private readonly int _width;
    private readonly int _groups; // classes, or 1 where their ranges would need too much memory
    private readonly double[] _least; // [groups, width]
    private readonly double[] _greatest;
    private readonly double[] _sums;
    private readonly double[] _missing; // [groups, width]
    private readonly long[] _rows; // [groups]
    private readonly double[] _first;
    private readonly double[] _last;
    private readonly long[] _whole; // all bits set: so far
    private readonly long[] _rising;
    private readonly bool[] _inTurn; // whether each shard's values came behind those of the one before
    private readonly EndValues? _low;
    private readonly EndValues? _high;
    private readonly HashSet<double>?[]? _distinct;

    /// <param name="features">D.</param>
    /// <param name="classes">K.</param>
    /// <param name="countsDistinct">Whether different values are counted, which takes longer than all the rest.</param>
    /// <param name="mayHaveCodes">Whether a value may stand for a missing one, as in tables.</param>
    public FeatureScan(int features, int classes, bool countsDistinct, bool mayHaveCodes)
    {
        _features = features;
        _width = (features + Vector<double>.Count - 1) / Vector<double>.Count * Vector<double>.Count;
        _groups = (long)classes * _width <= MostRanges ? classes : 1;
        _least = Filled(_groups * _width, double.PositiveInfinity);
        _greatest = Filled(_groups * _width, double.NegativeInfinity);
        (_missing, _rows) = (new double[_groups * _width], new long[_groups]);
        (_sums, _first, _last) = (new double[_width], new double[_width], Filled(_width, double.NegativeInfinity));
        (_low, _high) = mayHaveCodes ? (new EndValues(_width, least: true), new EndValues(_width, least: false)) : (null, null);
        (_whole, _rising) = (Filled(_width, -1L), Filled(_width, -1L));
        _inTurn = Filled(features, true);
        _distinct = countsDistinct ? [.. Enumerable.Range(0, features).Select(_ => new HashSet<double>())] : null;
    }

    private static T[] Filled<T>(int count, T value)
    {
        var array = new T[count];
        Array.Fill(array, value);
        return array;
    }

    /// <summary>Rows looked at.</summary>
    public long Rows { get; private set; }

    /// <summary>Looks at rows.</summary>
    /// <param name="rows">The rows; NaN where a value is missing.</param>
    /// <param name="classes">The class of each.</param>
    public void Add(IDenseRows rows, ReadOnlySpan<int> classes)
    {
        var row = new double[_width];
        for (var r = 0; r < rows.Count; r++)
        {
            rows.Read(r, row.AsSpan(0, _features));
            if (Rows++ == 0)
            {
                row.CopyTo(_first, 0);
            }

            var group = _groups == 1 ? 0 : classes[r];
            _rows[group]++;
            Add(row, group * _width);
            _low?.Add(row);
            _high?.Add(row);
            CountDistinct(row);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Add(double[] row, int group)
    {
        var x = Vectors(row);
        var least = Vectors(_least.AsSpan(group, _width));
        var greatest = Vectors(_greatest.AsSpan(group, _width));
        var sums = Vectors(_sums);
        var missing = Vectors(_missing.AsSpan(group, _width));
        var last = Vectors(_last);
        var whole = Bits(_whole);
        var rising = Bits(_rising);
        for (var i = 0; i < x.Length; i++)
        {
            var (value, before) = (x[i], last[i]);
            var isThere = Vector.Equals(value, value);
            least[i] = Vector.ConditionalSelect(Vector.LessThan(value, least[i]), value, least[i]);
            greatest[i] = Vector.ConditionalSelect(Vector.GreaterThan(value, greatest[i]), value, greatest[i]);
            sums[i] += Vector.ConditionalSelect(isThere, value, Vector<double>.Zero);
            missing[i] += Vector.ConditionalSelect(isThere, Vector<double>.Zero, Vector<double>.One);
            whole[i] &= Vector.Equals(Vector.Floor(value), value) | ~isThere;
            rising[i] &= Vector.GreaterThan(value, before) | (Vector.Equals(value, before) & Vector.GreaterThanOrEqual(value, new Vector<double>(LeastInexact)));
            last[i] = value;
        }
    }

    private static Span<Vector<double>> Vectors(Span<double> numbers) => MemoryMarshal.Cast<double, Vector<double>>(numbers);

    private static Span<Vector<long>> Bits(long[] numbers) => MemoryMarshal.Cast<long, Vector<long>>(numbers.AsSpan());

    private void CountDistinct(double[] row)
    {
        for (var f = 0; f < _features && _distinct is not null; f++)
        {
            if (_distinct[f] is { } seen && !double.IsNaN(row[f]) && seen.Add(row[f]) && seen.Count > MostDistinct)
            {
                _distinct[f] = null;
            }
        }
    }

    /// <summary>Adds what the next shard found.</summary>
    public void Merge(FeatureScan next)
    {
        if (next.Rows == 0)
        {
            return;
        }

        for (var f = 0; f < _features; f++)
        {
            // Shards that lines are dealt to are no runs of the file: then only within each of them do values rise.
            _inTurn[f] &= Rows == 0 || next._first[f] > _last[f] || (next._first[f] == _last[f] && _last[f] >= LeastInexact);
            _first[f] = Rows == 0 ? next._first[f] : _first[f];
            (_last[f], _rising[f], _whole[f]) = (next._last[f], _rising[f] & next._rising[f], _whole[f] & next._whole[f]);
            _sums[f] += next._sums[f];
            if (_distinct is not null)
            {
                _distinct[f] = Union(_distinct[f], next._distinct![f]);
            }
        }

        for (var i = 0; i < _least.Length; i++)
        {
            (_least[i], _greatest[i]) = (Math.Min(_least[i], next._least[i]), Math.Max(_greatest[i], next._greatest[i]));
            _missing[i] += next._missing[i];
        }

        for (var group = 0; group < _groups; group++)
        {
            _rows[group] += next._rows[group];
        }

        _low?.Merge(next._low!);
        _high?.Merge(next._high!);
        Rows += next.Rows;
    }

    private static HashSet<double>? Union(HashSet<double>? a, HashSet<double>? b)
    {
        if (a is null || b is null)
        {
            return null;
        }

        a.UnionWith(b);
        return a.Count <= MostDistinct ? a : null;
    }

    /// <summary>What a feature is like.</summary>
    public ColumnReport Report(int feature, string name)
    {
        var (least, greatest, missing) = (Range(_least, feature).Min(), Range(_greatest, feature).Max(), Missing(feature));
        var isEmpty = missing == Rows;
        var mean = _sums[feature] / (Rows - missing); // of very large numbers the sum may have no end
        return new ColumnReport(
            name,
            _whole[feature] != 0,
            isEmpty ? null : least,
            isEmpty ? null : greatest,
            double.IsFinite(mean) ? mean : null,
            missing,
            _distinct?[feature]?.Count);
    }

    /// <summary>Whether a feature's values are whole numbers that rise from row to row: a row's number, an id or a time.</summary>
    public bool Rises(int feature)
    {
        var (least, greatest) = (Range(_least, feature).Min(), Range(_greatest, feature).Max());
        var inexact = Math.BitIncrement(greatest) - greatest; // of a large number, how far the next double is
        return _whole[feature] != 0 && Missing(feature) == 0 && _rising[feature] != 0 && least < greatest
            && (_inTurn[feature] || Math.Abs(greatest - least + 1 - Rows) <= Math.Floor(inexact));
    }

    /// <summary>A code for a missing value among a feature's values; null: none is seen, or looked for.</summary>
    public MissingCode? Code(int feature)
    {
        if (_low is null || _high is null)
        {
            return null;
        }

        var (low, high) = (_low.Of(feature), _high.Of(feature));
        return MissingCode.Of(low.Last, low.Next, high.Last, low.Count) ?? MissingCode.Of(high.Last, high.Next, low.Last, high.Count);
    }

    /// <summary>Missing values of a feature, and rows, in each class; empty where classes are too many for that.</summary>
    public IReadOnlyList<(long Missing, long Rows)> Gaps(int feature) => _groups == 1 ? []
        : [.. Range(_missing, feature).Zip(_rows, (missing, rows) => ((long)missing, rows))];

    private long Missing(int feature) => (long)Range(_missing, feature).Sum();

    /// <summary>Whether a feature has one value in each class, and another one in every class: it tells the label by itself.</summary>
    public bool TellsTheClass(int feature)
    {
        var values = new HashSet<double>();
        for (var group = 0; group < _groups; group++)
        {
            var (least, greatest) = (_least[(group * _width) + feature], _greatest[(group * _width) + feature]);
            if (least <= greatest && (least != greatest || !values.Add(least)))
            {
                return false;
            }
        }

        return Missing(feature) == 0 && values.Count > 1;
    }

    private IEnumerable<double> Range(double[] all, int feature) => Enumerable.Range(0, _groups).Select(g => all[(g * _width) + feature]);
}
