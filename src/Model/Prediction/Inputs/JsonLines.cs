using System.Text.Json;
using Granary.Jobs;
using Granary.Model.Files;

namespace Granary.Model.Prediction;

/// <summary>Lines of JSON (https://jsonlines.org): an object a line, with a value for each of a model's columns; null where it is missing.</summary>
internal static class JsonLines
{
    private const int NamesInMessage = 10;

    /// <summary>The features of each line, [D].</summary>
    /// <param name="lines">The lines, of which the first one has been read; closed at the end.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <param name="first">The first line.</param>
    /// <param name="model">A model whose features have names.</param>
    /// <param name="notes">Is told of what the model does not know.</param>
    /// <param name="gate">Is asked about every row.</param>
    /// <exception cref="JobException">A line is no such object, or a value cannot be used.</exception>
    public static IEnumerable<double[]> Rows(
        IEnumerator<(long Number, ReadOnlyMemory<byte> Line)> lines, string file, string first, TrainedModel model, InputNotes notes, Data.RowGate gate)
    {
        using (lines)
        {
            var (texts, names) = (new TextRows(model, notes), model.Facts.Inputs);
            var (places, others) = (names.Select((n, i) => (n, i)).ToDictionary(n => n.n, n => n.i, StringComparer.Ordinal), notes.Ignored.ToHashSet(StringComparer.Ordinal));
            var row = new string?[names.Count];
            var (number, line) = (1L, (ReadOnlyMemory<byte>)System.Text.Encoding.UTF8.GetBytes(first));
            do
            {
                if (line.Span.Trim(" \t\r"u8).IsEmpty || !gate.Passes())
                {
                    continue;
                }

                if (Data.StrictUtf8.Fault(line.Span) is { } fault)
                {
                    throw new JobException($"{file}:{number}: {fault}.");
                }

                Array.Clear(row);
                Read(line, $"{file}:{number}", places, row, name =>
                {
                    if (others.Add(name))
                    {
                        notes.Ignored.Add(name);
                    }
                });
                if (Array.IndexOf(row, null) >= 0)
                {
                    throw Absent($"{file}:{number}", [.. names.Where((_, i) => row[i] is null)], others);
                }

                var here = number;
                yield return texts.Features(c => row[c]!, c => row[c]!, () => $"{file}:{here}");
            }
            while (Next());

            bool Next()
            {
                if (!lines.MoveNext())
                {
                    return false;
                }

                (number, line) = lines.Current;
                return true;
            }
        }
    }

    private static void Read(ReadOnlyMemory<byte> line, string place, Dictionary<string, int> places, string?[] row, Action<string> unknown)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(line);
        }
        catch (JsonException e)
        {
            throw new JobException($"{place}: the line is no JSON object: {e.Message.Split(" LineNumber")[0]} Write one object a line, such as {{\"age\": 41, \"plan\": \"basic\"}}.");
        }

        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new JobException($"{place}: the line is no JSON object. Write one object a line, such as {{\"age\": 41, \"plan\": \"basic\"}}.");
            }

            foreach (var property in document.RootElement.EnumerateObject())
            {
                var name = Name(property, place);
                if (!places.TryGetValue(name, out var at))
                {
                    unknown(name);
                    continue;
                }

                row[at] = row[at] is not null ? throw new JobException($"{place}: '{name}' is there twice. Which one is meant cannot be known.") : property.Value.ValueKind switch
                {
                    JsonValueKind.Null => "",
                    JsonValueKind.String => Text(property.Value, place, name).Trim(),
                    JsonValueKind.Array or JsonValueKind.Object => throw new JobException($"{place}: '{name}' is not one value. Give a number, a text, true, false or null."),
                    _ => property.Value.GetRawText(),
                };
            }
        }
    }

    // In a line that is UTF-8 only escapes can still be no characters.
    private static string Name(JsonProperty property, string place)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            throw HalfPair(place, "a name has");
        }
    }

    private static string Text(JsonElement value, string place, string name)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw HalfPair(place, $"'{name}' is a text with");
        }
    }

    private static JobException HalfPair(string place, string what) =>
        new($"{place}: {what} half of a pair of surrogates (\\ud800 to \\udfff), which is no character. Write the file as UTF-8.");

    private static JobException Absent(string place, string[] absent, IEnumerable<string> others)
    {
        string[] free = [.. others];
        var near = string.Concat(absent.Select(m => Data.HeaderHints.Rename(m, free)).Take(NamesInMessage));
        return new JobException($"{place}: there is no {string.Join(", ", absent.Take(NamesInMessage).Select(m => $"'{m}'"))}{(absent.Length > NamesInMessage ? $" (and {absent.Length - NamesInMessage} more)" : "")}, "
            + $"which the model was trained on.{near} Where a value is missing, write null.");
    }
}
