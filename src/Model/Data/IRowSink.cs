namespace Granary.Model.Data;

/// <summary>Takes a shard's rows in, in their order.</summary>
internal interface IRowSink
{
    /// <summary>Some more rows.</summary>
    /// <param name="values">Row after row.</param>
    /// <param name="labels">Every row's label, by its number in the end.</param>
    void Append(ReadOnlySpan<double> values, ReadOnlySpan<int> labels);

    /// <summary>Of each feature column of texts its different ones so far, whose places are what it gets of that column; null of other columns. Default: no column has texts.</summary>
    LabelNames?[] Texts => [];
}

/// <summary>Keeps them in memory.</summary>
/// <param name="features">Numbers in a row.</param>
internal sealed class MemorySink(int features) : IRowSink
{
    private readonly List<double[]> _values = [];
    private readonly List<int> _labels = [];

    /// <inheritdoc/>
    public void Append(ReadOnlySpan<double> values, ReadOnlySpan<int> labels)
    {
        _values.Add(values.ToArray());
        _labels.AddRange(labels);
    }

    /// <summary>All of them.</summary>
    public (IDenseRows Rows, int[] Labels) Done()
    {
        var all = GC.AllocateUninitializedArray<double>(checked((int)_values.Sum(v => (long)v.Length)));
        var at = 0;
        foreach (var some in _values)
        {
            some.CopyTo(all, at);
            at += some.Length;
        }

        return (new ArrayRows(all, features, _labels.Count), [.. _labels]);
    }
}
