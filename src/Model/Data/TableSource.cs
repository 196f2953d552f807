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
    public double[]? Weights { get; private init; }

    /// <inheritdoc/>
    public double[][]? LabelIndicators { get; private init; }

    /// <inheritdoc/>
    public double[]? SplitNumbers { get; private init; }

    /// <inheritdoc/>
    public bool IsDealt { get; private init; }

    /// <summary>Rows as a reader has them.</summary>
    /// <param name="columns">Which cell is what.</param>
    /// <param name="rows">Features of each row, the numbers behind them, and what it is held out by.</param>
    /// <param name="names">The distinct labels; where rows have numbers instead, whatever stands for none.</param>
    /// <param name="labels">Which of them each row has.</param>
    /// <param name="isDealt">Whether the rows were dealt to the shards one by one.</param>
    public static TableSource Of(TableColumns columns, IDenseRows rows, IReadOnlyList<string> names, int[] labels, bool isDealt = false)
    {
        double[][] ExtraNumbers(NumberRole role) =>
            [.. Enumerable.Range(0, columns.ExtraNumbers.Count).Where(i => columns.ExtraNumbers[i].Role == role).Select(i => LeadingNumbers.Column(rows, columns.Features.Length + i))];

        var (targets, indicators) = (ExtraNumbers(NumberRole.Target).FirstOrDefault(), ExtraNumbers(NumberRole.Label));
        var hasLabel = targets is null && indicators.Length == 0;
        return new TableSource(
            [.. columns.Features.Select(f => columns.Names[f])], columns.Numbers == columns.Features.Length ? rows : new LeadingNumbers(rows, columns.Features.Length),
            hasLabel ? names : [], hasLabel ? labels : new int[rows.Count])
        {
            Targets = targets,
            Weights = ExtraNumbers(NumberRole.Weight).FirstOrDefault(),
            LabelIndicators = indicators.Length > 0 ? indicators : null,
            SplitNumbers = columns.Split < 0 ? null : LeadingNumbers.Column(rows, columns.Numbers - 1),
            IsDealt = isDealt,
            LeftOut = columns.LeftOut,
        };
    }

    /// <summary>Rows with a number each.</summary>
    /// <param name="columns">Names of the features.</param>
    /// <param name="rows">The features.</param>
    /// <param name="targets">The number of each.</param>
    public static TableSource OfNumbers(IReadOnlyList<string> columns, IDenseRows rows, double[] targets) => new(columns, rows, [], new int[rows.Count]) { Targets = targets };

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
