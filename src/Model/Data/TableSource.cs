using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>Rows of numbers under named columns, each row with a label.</summary>
/// <param name="columns">Names of the features.</param>
/// <param name="values">Row after row; NaN where a value is missing.</param>
/// <param name="labels">One per row.</param>
internal sealed class TableSource(IReadOnlyList<string> columns, double[] values, string[] labels) : IFeatureSource
{
    /// <inheritdoc/>
    public int Rows => labels.Length;

    /// <inheritdoc/>
    public int Features => columns.Count;

    /// <inheritdoc/>
    public IReadOnlyList<string> Columns => columns;

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes { get; } = [.. labels.Distinct()];

    /// <summary>A value before it is filled in or standardised; NaN where it is missing.</summary>
    public double Feature(int row, int feature) => values[((long)row * Features) + feature];

    /// <inheritdoc/>
    public string Label(int row) => labels[row];

    /// <inheritdoc/>
    public FeatureMoments Moments(ReadOnlySpan<int> rows, int features) => DenseMoments.Of(rows, features, Feature);

    /// <inheritdoc/>
    public IExampleTensors ToTensors(Precision precision, DataFacts facts) => FeatureTensors.Create(this, Feature, precision, facts);
}
