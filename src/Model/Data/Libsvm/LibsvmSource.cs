using System.Globalization;
using System.Text;
using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>LIBSVM files: a line is "label index:value index:value ... # comment"; indices count from 1 and rise, and what is
/// left out is 0. A query's number behind the label ("qid:7", of files for ranking) is passed over.</summary>
internal static class LibsvmSource
{
    private const int GreatestIndex = 1 << 28;

    /// <summary>Reads this shard's rows.</summary>
    /// <param name="part">Which part.</param>
    /// <param name="features">Number of features; null: the greatest index.</param>
    /// <param name="numbers">Whether labels are numbers to be predicted.</param>
    public static SparseSource Read(SourcePart part, int? features, bool numbers = false)
    {
        var (rows, own) = (new SparseRows(), ShardLines.Read(part, header: false, Next));
        foreach (var lines in own.Parts)
        {
            var rest = lines.Bytes.AsSpan();
            for (long line = 0; rest.Length > 0; line++)
            {
                var length = rest.IndexOf((byte)'\n');
                var text = (length < 0 ? rest : rest[..length]).TrimEnd((byte)'\r');
                try
                {
                    // Carriage returns end rows too, where files of several origins were put together.
                    foreach (var row in text.Split((byte)'\r'))
                    {
                        Row(text[row], features, rows, numbers);
                    }
                }
                catch (LabelException e)
                {
                    var found = Find(part.Path, label => !IsFinite(Encoding.UTF8.GetBytes(label), out _));
                    throw found is null or { Count: 1, IsAll: true }
                        ? lines.Error(line, $"the label is '{e.Message}', which is not a finite number")
                        : new JobException($"{found.First}: the label is '{found.Label}', which is not a finite number: {found.Have} such a label.");
                }
                catch (FormatException e)
                {
                    throw lines.Error(line, e.Message);
                }

                rest = length < 0 ? [] : rest[(length + 1)..];
            }
        }

        return new SparseSource(rows, features, numbers) { IsDealt = own.AreDealt };
    }

    // What has no label before its comment is no row.
    private static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> rest)
    {
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf((byte)'\r');
            var row = end < 0 ? rest : rest[..end];
            rest = end < 0 ? [] : rest[(end + 1)..];
            var comment = row.IndexOf((byte)'#');
            if ((comment < 0 ? row : row[..comment]).ContainsAnyExcept(" \t"u8))
            {
                return row;
            }
        }

        return [];
    }

    private static void Row(ReadOnlySpan<byte> line, int? features, SparseRows rows, bool numbers)
    {
        var comment = line.IndexOf((byte)'#');
        var rest = comment < 0 ? line : line[..comment];
        var label = Word(ref rest);
        if (label.IsEmpty)
        {
            return;
        }

        if (!IsFinite(label, out var y))
        {
            throw new LabelException(Text(label));
        }

        if (numbers)
        {
            rows.Begin(y);
        }
        else
        {
            rows.Begin(Text(label));
        }

        var (last, isFirst) = (0, true);
        while (Word(ref rest) is { IsEmpty: false } word)
        {
            if (isFirst && IsQuery(word))
            {
                (isFirst, rows.HasQueries) = (false, true);
                continue;
            }

            isFirst = false;
            var (index, value) = Pair(word);
            RequireRising(index, last);
            if (index > features)
            {
                throw new FormatException($"the index {index} is above the number of features, {features} (data.features)");
            }

            rows.Add(last = index, value);
        }
    }

    private static void RequireRising(int index, int last)
    {
        if (index <= last)
        {
            throw new FormatException(index == 0
                ? "the index 0 occurs, but indices count from 1. Write the file with indices from 1 (scikit-learn: zero_based=False)"
                : $"the index {index} comes after {last}, but indices must rise");
        }
    }

    /// <summary>Writes the features of a line that may have a label, which is passed over.</summary>
    /// <param name="line">The line.</param>
    /// <param name="into">Zeros, one for each feature.</param>
    /// <returns>Whether the line is a row: false where it is empty or a comment.</returns>
    /// <exception cref="FormatException">What cannot be used.</exception>
    public static bool Features(ReadOnlySpan<byte> line, Span<double> into)
    {
        var comment = line.IndexOf((byte)'#');
        var rest = comment < 0 ? line : line[..comment];
        var (isRow, last) = (false, 0);
        while (Word(ref rest) is { IsEmpty: false } word)
        {
            var isLabel = !isRow && !word.Contains((byte)':');
            isRow = true;
            if (isLabel && !IsFinite(word, out _))
            {
                throw new FormatException($"'{Text(word)}' is neither a label, which is a number, nor index:value");
            }

            if (isLabel || (last == 0 && IsQuery(word)))
            {
                continue;
            }

            var (index, value) = Pair(word);
            RequireRising(index, last);
            if (index > into.Length)
            {
                throw new FormatException($"the index {index} is above the number of features that the model was trained on, {into.Length}");
            }

            into[(last = index) - 1] = value;
        }

        return isRow;
    }

    /// <summary>Whether a line holds anything but a comment.</summary>
    public static bool IsRow(ReadOnlySpan<byte> line)
    {
        var comment = line.IndexOf((byte)'#');
        var rest = comment < 0 ? line : line[..comment];
        return !Word(ref rest).IsEmpty;
    }

    private static bool IsFinite(ReadOnlySpan<byte> label, out double y) =>
        double.TryParse(label, NumberStyles.Float, CultureInfo.InvariantCulture, out y) && double.IsFinite(y);

    // Its message is the label.
    private sealed class LabelException(string label) : FormatException(label);

    /// <summary>The rows with labels of some sort, in the order of the files.</summary>
    public static FoundRows? Find(string path, Func<string, bool> isMeant)
    {
        var tally = new RowTally(isMeant);
        return tally.Over(DataFiles.Expand(path).SelectMany(file => FileLines.Read(file).Select(l => Look(l.Line.Span, $"{Path.GetFileName(file)}:{l.Number}", tally))));
    }

    private static long Look(ReadOnlySpan<byte> line, string place, RowTally tally)
    {
        foreach (var row in line.Split((byte)'\r'))
        {
            var comment = line[row].IndexOf((byte)'#');
            var rest = comment < 0 ? line[row] : line[row][..comment];
            if (Word(ref rest) is { IsEmpty: false } label)
            {
                tally.Add(Text(label), () => place);
            }
        }

        return line.Length + 1;
    }

    // "qid:7" tells which rows are to be ranked together, which is nothing to a classifier.
    private static bool IsQuery(ReadOnlySpan<byte> word) =>
        word.StartsWith("qid:"u8) && long.TryParse(word[4..], NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static (int Index, double Value) Pair(ReadOnlySpan<byte> word)
    {
        var colon = word.IndexOf((byte)':');
        if (colon < 0 || !int.TryParse(word[..colon], NumberStyles.None, CultureInfo.InvariantCulture, out var index) || index > GreatestIndex)
        {
            throw new FormatException($"'{Text(word)}' is not index:value with a whole index of at most {GreatestIndex}");
        }

        return double.TryParse(word[(colon + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? (index, value)
            : throw new FormatException($"'{Text(word)}' is not index:value with a finite number as its value");
    }

    private static ReadOnlySpan<byte> Word(ref ReadOnlySpan<byte> rest)
    {
        rest = rest.TrimStart(" \t\r"u8);
        var length = rest.IndexOfAny(" \t\r"u8);
        var word = length < 0 ? rest : rest[..length];
        rest = rest[word.Length..];
        return word;
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}
