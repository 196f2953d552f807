using System.Runtime.InteropServices;

namespace Granary.Model.Data;

/// <summary>Rows of (feature, value) pairs one after another, features from 0 and rising within a row; what is left out is 0.</summary>
internal sealed class SparseRows
{
    private readonly List<int> _starts = [0];
    private readonly List<int> _features = [];
    private readonly List<double> _values = [];
    private readonly List<string> _labels = [];
    private readonly List<double> _targets = [];

    /// <summary>One label per row; none where targets are numbers.</summary>
    public IReadOnlyList<string> Labels => _labels;

    /// <summary>One number per row; none where rows have labels.</summary>
    public IReadOnlyList<double> Targets => _targets;

    /// <summary>Rows.</summary>
    public int Count => _starts.Count - 1;

    /// <summary>The greatest feature's number, counted from 1; 0 where there is none.</summary>
    public int GreatestIndex { get; private set; }

    /// <summary>Whether rows have had numbers of queries, which are not kept.</summary>
    public bool HasQueries { get; set; }

    /// <summary>Begins a row.</summary>
    public void Begin(string label)
    {
        _labels.Add(label);
        _starts.Add(_features.Count);
    }

    /// <summary>Begins a row whose target is a number.</summary>
    public void Begin(double target)
    {
        _targets.Add(target);
        _starts.Add(_features.Count);
    }

    /// <summary>Adds a value to the row begun last.</summary>
    /// <param name="index">The feature's number, counted from 1.</param>
    /// <param name="value">Its value.</param>
    public void Add(int index, double value)
    {
        _features.Add(index - 1);
        _values.Add(value);
        _starts[^1] = _features.Count;
        GreatestIndex = Math.Max(GreatestIndex, index);
    }

    /// <summary>All values, row after row.</summary>
    public ReadOnlySpan<double> AllValues => CollectionsMarshal.AsSpan(_values);

    /// <summary>The features of a row that have a value of their own.</summary>
    public ReadOnlySpan<int> Features(int row) => CollectionsMarshal.AsSpan(_features)[_starts[row].._starts[row + 1]];

    /// <summary>Their values.</summary>
    public ReadOnlySpan<double> Values(int row) => CollectionsMarshal.AsSpan(_values)[_starts[row].._starts[row + 1]];
}
