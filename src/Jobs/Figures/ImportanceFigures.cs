using System.Text.Json.Serialization;

namespace Granary.Jobs;

/// <summary>How columns are permuted to find out how much they matter.</summary>
/// <param name="Repeats">How often, 1 or more.</param>
/// <param name="Seed">Where the permutations come from: those of repeat r are the same for every column.</param>
public sealed record ImportanceQuestion(int Repeats, long Seed)
{
    /// <summary>How often where nothing is said.</summary>
    public const int UsualRepeats = 5;
}

/// <summary>How much worse a model's figures are when a column's values are dealt anew among the evaluated rows (Breiman, 2001; scikit-learn's permutation_importance).</summary>
/// <param name="Repeats">Permutations of each column.</param>
/// <param name="Seed">Where they come from.</param>
/// <param name="Columns">Each column, the one that matters most first: by the loss, of numbers by the RMSE.</param>
public sealed record ImportanceFigures(int Repeats, long Seed, IReadOnlyList<ColumnImportance> Columns)
{
    /// <summary>By all of the columns' figures.</summary>
    public bool Equals(ImportanceFigures? other) => other is not null && (Repeats, Seed) == (other.Repeats, other.Seed) && Columns.SequenceEqual(other.Columns);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Repeats, Seed, Columns.Count);
}

/// <summary>What permuting one column costs: above 0 where the figure becomes worse. Those that a model has not are null.</summary>
/// <param name="Column">The column; where columns have no names the number of the feature, from 1 on.</param>
public sealed record ColumnImportance(string Column)
{
    /// <summary>Classes and labels: by how much the mean loss rises.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RepeatedFigure? Loss { get; init; }

    /// <summary>Classes and labels: by how much the accuracy falls; of labels that of whole rows.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RepeatedFigure? Accuracy { get; init; }

    /// <summary>Numbers: by how much the RMSE rises, in the target's own units.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RepeatedFigure? Rmse { get; init; }

    /// <summary>Numbers: by how much R2 falls; null too where all targets are the same.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RepeatedFigure? R2 { get; init; }
}

/// <summary>A figure over repeats.</summary>
/// <param name="Mean">Its mean.</param>
/// <param name="Deviation">Its standard deviation over these repeats: the root of the mean squared distance from the mean.</param>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
public sealed record RepeatedFigure(double Mean, double Deviation)
{
    /// <summary>Of some values.</summary>
    public static RepeatedFigure Of(IReadOnlyCollection<double> values)
    {
        var mean = values.Average();
        return new RepeatedFigure(mean, Math.Sqrt(values.Average(v => (v - mean) * (v - mean))));
    }
}
