namespace Granary.Model.Data;

/// <summary>Gives one reader's labels and texts the numbers that they have among all readers: those of the order in which the readers' rows are taken. Only the reader whose
/// turn it is may be asked.</summary>
/// <param name="rows">The reader's rows.</param>
/// <param name="labels">All labels.</param>
/// <param name="texts">Of each feature column of texts all texts; null of other columns.</param>
/// <param name="width">Numbers in a row.</param>
internal sealed class NumbersHere(RowBuffer rows, LabelNames labels, LabelNames?[] texts, int width)
{
    private readonly List<int> _labels = [];
    private readonly List<int>[] _texts = [.. texts.Select(_ => new List<int>())];

    /// <summary>Renumbers the rows that the reader has now, and returns their labels.</summary>
    public ReadOnlySpan<int> Give()
    {
        Learn(_labels, rows.Names, labels);
        for (var c = 0; c < texts.Length; c++)
        {
            if (texts[c] is { } all)
            {
                Learn(_texts[c], rows.Texts[c]!.Names, all);
                rows.Replace(c, _texts[c], width);
            }
        }

        return rows.Renumbered(_labels);
    }

    private static void Learn(List<int> numbers, IReadOnlyList<string> own, LabelNames all)
    {
        while (numbers.Count < own.Count)
        {
            numbers.Add(all.Of(own[numbers.Count]));
        }
    }
}
