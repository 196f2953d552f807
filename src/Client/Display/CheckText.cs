using System.Globalization;
using System.Text;
using System.Text.Json;
using Granary.Jobs;

namespace Granary.Client.Display;

/// <summary>What a check found, for people: everything that was guessed about the data, and what is doubtful in it.</summary>
internal static class CheckText
{
    private const int MostFiles = 5;
    private const int MostClasses = 30;
    private const int MostTokens = 100;
    private const int MostPreviewed = 40;

    /// <param name="found">The document that the silo's check printed.</param>
    /// <param name="width">Columns of the terminal; null: no limit.</param>
    public static string Of(JsonElement found, int? width)
    {
        var data = found.GetProperty("data").Deserialize<DataReport>(JsonSerializerOptions.Web)!;
        var warnings = found.GetProperty("warnings").Deserialize<JobWarning[]>(JsonSerializerOptions.Web)!;
        var text = new StringBuilder();
        Line(text, $"{found.GetProperty("name")}: {found.GetProperty("model")}, {Count(found, "parameters", "weight")}, {Count(found, "shards", "shard")}, {Count(found, "stepsPerEpoch", "step")} an epoch{(found.TryGetProperty("steps", out var steps) ? $", {Number(steps.GetInt64())} in all" : "")}");
        if (found.TryGetProperty("trained", out var trained))
        {
            Line(text, $"trained     {trained.GetInt64():#,0} of the weights; the others keep their values");
        }

        AddData(text, data, found);
        AddWeights(text, data.Weights, held: found.GetProperty("validationExamples").GetInt64() > 0);
        AddText(text, data, found);
        AddClasses(text, data, width);
        if (data.Columns.Count > 0)
        {
            text.Append('\n').Append(ColumnTable.Of(data.Columns, width));
            AddGaps(text, data.Columns.Sum(c => c.Missing), data.Preview is not null);
        }

        AddPreview(text, data.Preview, width);

        foreach (var warning in warnings)
        {
            Line(text, $"{(warning == warnings[0] ? "\n" : "")}warning: {warning.Message}");
        }

        return text.ToString();
    }

    private static void AddData(StringBuilder text, DataReport data, JsonElement found)
    {
        Line(text, $"data        {data.Format}, {Files(data.Files, data.Delimiter)}");
        var (training, held) = (found.GetProperty("trainingExamples").GetInt64(), found.GetProperty("validationExamples").GetInt64());
        Line(text, $"examples    {training:#,0} to train on, {(held == 0 ? "none" : held.ToString("#,0", CultureInfo.InvariantCulture))} held out{(held == 0 ? ": set data.validation to measure on examples that are not trained on" : "")}{(data.ValidationFiles.Count > 0 ? $" ({Files(data.ValidationFiles, null)})" : "")}");
        if (data.Split is { } split)
        {
            Line(text, $"held out    {HeldOut(split)}");
        }

        if (data.IsMultiLabel)
        {
            Line(text, $"labels      {data.Classes.Count:#,0}, of which a row has any number");
            Line(text, $"features    {Count(found, "features", "number")} an example");
        }
        else if (data.Classes.Count > 0)
        {
            Line(text, $"label       {(data.Label is { } label ? $"{label}, " : "")}{data.Classes.Count:#,0} classes");
            Line(text, $"features    {Count(found, "features", "number")} an example");
        }

        if (data.Target is { } target)
        {
            Line(text, $"target      {(data.Label is { } label ? $"{label}, " : "")}a number from {ColumnReport.Number(target.Least)} to {ColumnReport.Number(target.Greatest)}{Spread(target)}");
            Line(text, $"features    {Count(found, "features", "number")} an example");
        }

        if (found.TryGetProperty("image", out var image))
        {
            Line(text, $"images      {image.Deserialize<ImageSize>(JsonSerializerOptions.Web)} (channels x height x width)");
        }

        if (data.Sparse is { Given: > 0 } sparse)
        {
            var values = (training + held) * found.GetProperty("features").GetInt64();
            Line(text, $"            {sparse.Given:#,0} of {values:#,0} values are in the file, from {sparse.Least:G5} to {sparse.Greatest:G5}; the others are 0");
        }

        if (data.LeftOut.Count > 0)
        {
            Line(text, $"left out    {string.Join(", ", data.LeftOut.Select(c => c.Length == 0 ? "the first column, which has no name" : c))}: taken for the rows' own names or numbers");
        }

        if (data.Ignored.Count > 0)
        {
            Line(text, $"ignored     {string.Join(", ", data.Ignored)}");
        }
    }

    private static string HeldOut(SplitReport split)
    {
        var what = split.By switch
        {
            "groups" => $", whole groups of '{split.Column}'",
            "time" => $", the latest by '{split.Column}', from {split.From} on",
            "end" => ", the last ones",
            "classes" => ", of each class on its own",
            _ => "",
        };
        var asked = split.Fold is { } fold ? $"fold {fold}, " : "";
        return string.Create(CultureInfo.InvariantCulture, $"{asked}{100 * split.Share:0.00}% of the rows{(split.Fraction is { } fraction ? $" ({100 * fraction:0.##}% asked for)" : "")}{what}");
    }

    private static string Spread(TargetReport target) => target is { Mean: { } mean, Deviation: { } deviation }
        ? $", mean {ColumnReport.Number(mean)}, deviation {ColumnReport.Number(deviation)}"
        : "";

    // What is unusual about the files is said with their size.
    private static string Files(IReadOnlyList<FileReport> files, string? delimiter)
    {
        var names = string.Join(", ", files.Take(MostFiles).Select(f => Path.GetFileName(f.Path))) + (files.Count > MostFiles ? $" and {files.Count - MostFiles} more" : "");
        var count = files.Count == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"{files.Count:#,0} files: ");
        var forms = files.GroupBy(f => f.Form).Where(g => g.Key is not null)
            .Select(g => g.Count() == files.Count ? g.Key! : string.Create(CultureInfo.InvariantCulture, $"{g.Count():#,0} of them {g.Key}"));
        string[] between = delimiter is null or "," ? [] : [delimiter == "\t" ? "tabs between cells" : $"'{delimiter}' between cells"];
        return $"{count}{names} ({string.Join(", ", [Quantity.OfBytes(files.Sum(f => f.Bytes)), .. forms, .. between])})";
    }

    private static void AddText(StringBuilder text, DataReport data, JsonElement found)
    {
        if (data.Text is not { } words)
        {
            return;
        }

        Line(text, $"text        {words.Count:#,0} tokens ({words.Tokens}); an example is {(IsWords(words) ? "a word and one near it" : $"a window of them{(found.TryGetProperty("windows", out _) ? ", which starts anywhere" : "")}")}");
        Line(text, $"vocabulary  {words.Vocabulary:#,0} {(words.Tokens == "char" ? "characters" : IsWords(words) ? "words" : "tokens")}{Unknown(words)}");
        if (words.Known.Count > 0)
        {
            var between = words.Tokens == "char" ? "" : " ";
            Line(text, $"            {string.Join(between, words.Known.Take(MostTokens).Select(Visible))}{(words.Vocabulary > MostTokens ? $" and {words.Vocabulary - MostTokens:#,0} more" : "")}");
        }

        if (found.TryGetProperty("bigramLoss", out var loss))
        {
            Line(text, $"bigrams     a model that counts pairs of tokens loses {loss.GetDouble():0.0000} on what is held out");
        }
    }

    private static bool IsWords(TextReport text) => text.Tokens is "word" or "whitespace";

    private static string Unknown(TextReport text) => text.Unknown == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"; {text.Unknown:#,0} tokens are of words too rare for it");

    // A line break, a tab or a zero byte must not break the table.
    private static string Visible(string token) => string.Concat(token.Select(c => c switch
    {
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        _ when char.IsControl(c) => string.Create(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}"),
        _ => c.ToString(),
    }));

    private static void AddClasses(StringBuilder text, DataReport data, int? width)
    {
        if (data.Classes.Count == 0)
        {
            return;
        }

        // Of very many, those with the fewest and with the most examples tell the most.
        var shown = data.Classes;
        if (shown.Count > MostClasses)
        {
            shown = [.. data.Classes.OrderByDescending(c => c.Training + c.HeldOut).Take(MostClasses / 2)];
        }

        var table = new TextTable(text: false, data.IsMultiLabel ? "label" : "class", ">training", ">held out");
        foreach (var c in shown)
        {
            table.Add(Visible(c.Name), Number(c.Training), Number(c.HeldOut));
        }

        text.Append('\n').Append(table.Text(width));
        if (shown.Count < data.Classes.Count)
        {
            Line(text, $"and {data.Classes.Count - shown.Count:#,0} more, each with {data.Classes.Min(c => c.Training + c.HeldOut):#,0} to {shown[^1].Training + shown[^1].HeldOut:#,0} examples");
        }
    }

    // A job with gaps is refused unless it says that they are filled.
    private static void AddGaps(StringBuilder text, long gaps, bool areDescribed)
    {
        if (gaps > 0)
        {
            Line(text, $"{(gaps == 1 ? "1 value is" : $"{Number(gaps)} values are")} missing; {(areDescribed ? "each column says what becomes of them" : "the mean of the column's others is filled in")}");
        }
    }

    private static void AddWeights(StringBuilder text, WeightReport? weights, bool held)
    {
        if (weights is not null)
        {
            Line(text, $"weights     {weights.Column}, from {ColumnReport.Number(weights.Least)} to {ColumnReport.Number(weights.Greatest)}; {ColumnReport.Number(weights.Training)} in all to train on{(held ? $", {ColumnReport.Number(weights.HeldOut)} held out" : "")}");
        }
    }

    // A line for each feature: there are more of them than rows.
    private static void AddPreview(StringBuilder text, PreviewReport? preview, int? width)
    {
        if (preview is null)
        {
            return;
        }

        var table = new TextTable(text: false, ["first rows, as the model sees them", .. preview.Rows.Select((_, i) => string.Create(CultureInfo.InvariantCulture, $">row {i + 1}"))]);
        var shown = Math.Min(preview.Features.Count, MostPreviewed);
        for (var f = 0; f < shown; f++)
        {
            table.Add([Visible(preview.Features[f]), .. preview.Rows.Select(r => ColumnReport.Number(r[f]))]);
        }

        text.Append('\n').Append(table.Text(width));
        if (shown < preview.Features.Count)
        {
            Line(text, $"and {preview.Features.Count - shown:#,0} more: see --json");
        }
    }

    private static string Count(JsonElement found, string key, string unit)
    {
        var count = found.GetProperty(key).GetInt64();
        return string.Create(CultureInfo.InvariantCulture, $"{count:#,0} {unit}{(count == 1 ? "" : "s")}");
    }

    private static string Number(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
