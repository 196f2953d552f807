using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Granary.Jobs;

/// <summary>The job file as a JSON Schema, for editors: it completes keys, shows what they mean, and marks what the reader would refuse by a
/// key's name, type or range, or because the key has no meaning for the kind. It asks for plain spellings: 64, and not "64" or 1_000.</summary>
public static partial class JobSchema
{
    private const string Draft = "https://json-schema.org/draft/2020-12/schema";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The schema, as a text that ends with a line's end.</summary>
    public static string Text() =>
        ShortList().Replace(Document().ToJsonString(Indented), list => Gap().Replace(list.Value, " ").Replace("[ ", "[").Replace(" ]", "]")) + "\n";

    private static JsonObject Document()
    {
        var document = new JsonObject { ["$schema"] = Draft, ["title"] = "Granary job file" };
        foreach (var (name, part) in Section(JobKeys.File).ToArray())
        {
            document[name] = part?.DeepClone();
        }

        document["allOf"] = new JsonArray([.. SchemaRules.Of(JobKeys.File)]);
        return document;
    }

    private static JsonObject Section(JobSection section)
    {
        var properties = new JsonObject();
        foreach (var entry in section.Entries)
        {
            properties[entry.Name] = entry is JobSection inner ? Section(inner) : Key((JobKey)entry);
        }

        var schema = new JsonObject
        {
            ["description"] = Sentence(section.Doc, null),
            ["type"] = section.IsRequired ? "object" : new JsonArray("object", "null"), // of a section without keys, its name alone is left
            ["additionalProperties"] = false,
            ["properties"] = properties,
        };
        string[] required = [.. section.Entries.Where(e => e.IsRequired).Select(e => e.Name)];
        if (required.Length > 0)
        {
            schema["required"] = new JsonArray([.. required.Select(r => (JsonNode)r)]);
        }

        if (section.OneOf.Count > 0)
        {
            schema["oneOf"] = new JsonArray([.. section.OneOf.Select(name => (JsonNode)new JsonObject { ["required"] = new JsonArray(name) })]);
        }

        return schema;
    }

    private static JsonObject Key(JobKey key)
    {
        var schema = key.Schema();
        schema["description"] = Sentence(key.Doc, key);
        if (key.DefaultJson is { } value)
        {
            schema["default"] = value;
        }

        return schema;
    }

    private static string Sentence(string doc, JobKey? key)
    {
        var text = Plain(doc);
        return $"{char.ToUpperInvariant(text[0])}{text[1..]}."
            + (key?.Belongs is { } kinds ? $" Applies to: {kinds.Words}." : "")
            + (key?.Default is { } value ? $" Default: {Plain(value)}." : "");
    }

    private static string Plain(string markdown) => Link().Replace(markdown, "$1").Replace("`", "", StringComparison.Ordinal);

    // A list of words or numbers, which fits on a line.
    [GeneratedRegex("""\[\s+("[^"]*"|[0-9.]+)(,\s+("[^"]*"|[0-9.]+))*\s+\]""")]
    private static partial Regex ShortList();

    [GeneratedRegex(@"\s*\n\s*")]
    private static partial Regex Gap();

    [GeneratedRegex(@"\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex Link();
}
