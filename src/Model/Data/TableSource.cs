using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>Rows of numbers under named columns, each row with a label or a number as its target.</summary>
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

    /// <inheritdoc/>
    public double[]? Targets { get; private init; }

    /// <inheritdoc/>
    public double[]? SplitNumbers { get; init; }

    /// <inheritdoc/>
    public bool IsDealt { get; init; }

    /// <summary>Rows whose last number is the target.</summary>
    /// <param name="columns">Names of the features.</param>
    /// <param name="rows">Features and target of each row.</param>
    /// <param name="leftOut">Columns that were taken for a row's number.</param>
    /// <param name="split">What each row is held out by; null: nothing.</param>
    /// <param name="isDealt">Whether the rows were dealt to the shards one by one.</param>
    public static TableSource OfNumbers(IReadOnlyList<string> columns, IDenseRows rows, IReadOnlyList<string> leftOut, double[]? split = null, bool isDealt = false) =>
        new(columns, new RowsWithoutLast(rows), [], new int[rows.Count]) { Targets = RowsWithoutLast.Last(rows), LeftOut = leftOut, SplitNumbers = split, IsDealt = isDealt };

    /// <summary>Columns that were taken for a row's number and are no features.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>The numbers before they are filled in or standardised; NaN where one is missing.</summary>
    public IDenseRows Numbers => rows;

    /// <inheritdoc/>
    public IDenseRows? Dense => rows;

    /// <inheritdoc/>
    public bool MayHaveCodes => true;

    /// <inheritdoc/>
    public ShardSurvey Tell(ShardSurvey survey) => survey with { LeftOut = LeftOut };

    /// <inheritdoc/>
    public string Label(int row) => names[labels[row]];

    /// <inheritdoc/>
    public FeatureMoments Moments(ReadOnlySpan<int> chosen, int features) => DenseMoments.Of(chosen, rows);

    /// <inheritdoc/>
    public IExampleTensors ToTensors(Precision precision, DataFacts facts, int[]? order = null) => DenseTensors.Create(this, rows, precision, facts, order);
}
