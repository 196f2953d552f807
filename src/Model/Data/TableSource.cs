using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>Rows of numbers under named columns, each row with a label.</summary>
/// <param name="columns">Names of the features.</param>
/// <param name="rows">The numbers; NaN where one is missing.</param>
/// <param name="names">The distinct labels.</param>
/// <param name="labels">Which of them each row has.</param>
internal sealed class TableSource(IReadOnlyList<string> columns, IDenseRows rows, IReadOnlyList<string> names, int[] labels) : IFeatureSource
{
    /// <inheritdoc/>
    public int Rows => labels.Length;

    /// <inheritdoc/>
    public int Features => columns.Count;

    /// <inheritdoc/>
    public IReadOnlyList<string> Columns => columns;

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes => names;

    /// <summary>The numbers before they are filled in or standardised; NaN where one is missing.</summary>
    public IDenseRows Numbers => rows;

    /// <inheritdoc/>
    public string Label(int row) => names[labels[row]];

    /// <inheritdoc/>
    public FeatureMoments Moments(ReadOnlySpan<int> chosen, int features) => DenseMoments.Of(chosen, rows);

    /// <inheritdoc/>
    public IExampleTensors ToTensors(Precision precision, DataFacts facts, int[]? order = null) => DenseTensors.Create(this, rows, precision, facts, order);
}
