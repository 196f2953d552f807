using System.Globalization;
using Granary.Jobs;
using Granary.Model.Files;

namespace Granary.Model.Prediction;

/// <summary>Which features of a model were made of which column of its data.</summary>
/// <param name="Names">The columns; where they have no names, as in LIBSVM and images, the numbers of the features, from 1 on.</param>
/// <param name="Ends">For each column, where its features end; they begin where those of the column before it end.</param>
internal sealed record ColumnFeatures(IReadOnlyList<string> Names, IReadOnlyList<int> Ends)
{
    /// <summary>Those of a model that takes rows of numbers.</summary>
    public static ColumnFeatures Of(TrainedModel model)
    {
        if (model.Facts.Table is { } table)
        {
            return new ColumnFeatures(table.Names(), new TableEncoder(table).Ends);
        }

        int[] ends = [.. Enumerable.Range(1, model.Facts.Shape.Features)];
        return new ColumnFeatures(model.Facts.Columns is { Count: > 0 } names ? names : [.. ends.Select(Plain)], ends);
    }

    /// <summary>Where a column's features begin.</summary>
    public int First(int column) => column == 0 ? 0 : Ends[column - 1];

    private static string Plain(int number) => number.ToString(CultureInfo.InvariantCulture);
}
