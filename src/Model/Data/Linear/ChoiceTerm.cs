namespace Granary.Model.Data.Linear;

/// <summary>Features of which a row has one, which is 1 then, or none.</summary>
/// <param name="places">Of each row a place, or none.</param>
/// <param name="features">The feature of no place, and then that of each place. Where there is none it is the number of all features.</param>
internal sealed class ChoiceTerm(CellColumn places, int[] features)
{
    /// <summary>Places, and one more for none.</summary>
    public int Count => features.Length;

    /// <summary>What belongs to each place, none first.</summary>
    /// <param name="weights">[D + 1] what belongs to each feature, and last to none.</param>
    public double[] ByPlace(ReadOnlySpan<double> weights)
    {
        var own = new double[features.Length];
        for (var p = 0; p < own.Length; p++)
        {
            own[p] = weights[features[p]];
        }

        return own;
    }

    /// <summary>Adds what belongs to places to what belongs to their features.</summary>
    /// <param name="own">Of each place, none first.</param>
    /// <param name="sums">[D + 1] of each feature, and last of none.</param>
    public void AddTo(ReadOnlySpan<double> own, Span<double> sums)
    {
        for (var p = 0; p < own.Length; p++)
        {
            sums[features[p]] += own[p];
        }
    }

    /// <summary>Adds to each number what belongs to its row's place.</summary>
    /// <param name="first">The first row.</param>
    /// <param name="own">Of each place, none first.</param>
    /// <param name="into">As many as rows.</param>
    public void Gather(int first, ReadOnlySpan<double> own, Span<double> into)
    {
        while (into.Length > 0)
        {
            var (run, at) = (places.Runs[first / CellColumn.RunLength], first % CellColumn.RunLength);
            var count = Math.Min(into.Length, run.Count - at);
            run.Gather(at, own, into[..count]);
            first += count;
            into = into[count..];
        }
    }

    /// <summary>Adds to each number what belongs to its row's feature.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="weights">[D + 1] what belongs to each feature, and last to none.</param>
    /// <param name="into">As many as rows.</param>
    public void Gather(ReadOnlySpan<int> rows, ReadOnlySpan<double> weights, Span<double> into)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            into[i] += weights[Feature(rows[i])];
        }
    }

    /// <summary>Adds each number to what belongs to its row's place.</summary>
    /// <param name="first">The first row.</param>
    /// <param name="from">As many as rows.</param>
    /// <param name="own">Of each place, none first.</param>
    public void Scatter(int first, ReadOnlySpan<double> from, Span<double> own)
    {
        while (from.Length > 0)
        {
            var (run, at) = (places.Runs[first / CellColumn.RunLength], first % CellColumn.RunLength);
            var count = Math.Min(from.Length, run.Count - at);
            run.Scatter(at, from[..count], own);
            first += count;
            from = from[count..];
        }
    }

    /// <summary>Adds each number to what belongs to its row's feature.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="from">As many as rows.</param>
    /// <param name="sums">[D + 1] of each feature, and last of none.</param>
    public void Scatter(ReadOnlySpan<int> rows, ReadOnlySpan<double> from, Span<double> sums)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            sums[Feature(rows[i])] += from[i];
        }
    }

    private int Feature(int row)
    {
        var place = places[row];
        return features[double.IsNaN(place) ? 0 : (int)place + 1];
    }
}
