using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>What kinds mean for other keys, as conditions of a JSON Schema on the whole file: a key that has no meaning may not be there, one that is
/// needed must be, and one may be left a single value.</summary>
internal static class SchemaRules
{
    /// <summary>The conditions on the keys of a file and its sections.</summary>
    public static IEnumerable<JsonNode> Of(JobSection file) => file.All.Where(e => e.Belongs is not null).GroupBy(e => (e.Belongs!.Words, Parent(e.Path))).SelectMany(Belong)
        .Concat(file.Keys.SelectMany(Limits));

    // Keys of one section that belong to the same kinds.
    private static IEnumerable<JsonNode> Belong(IGrouping<(string Kinds, string Parent), JobEntry> keys)
    {
        var (kinds, parent) = (keys.First().Belongs!, keys.Key.Parent);
        yield return If(Refuses(kinds), parent, new JsonObject
        {
            ["properties"] = new JsonObject(keys.Select(e =>
                KeyValuePair.Create(e.Name, (JsonNode?)Allow((e as JobKey)?.Harmless, $"{e.Path} has no meaning here; it applies to: {kinds.Words}.")))),
        });
        JsonNode[] required = [.. keys.OfType<JobKey>().Where(k => k.Required).Select(k => (JsonNode)k.Name)];
        if (required.Length > 0)
        {
            yield return If(Holds(kinds), parent, new JsonObject { ["required"] = new JsonArray(required) });
        }
    }

    private static IEnumerable<JsonNode> Limits(JobKey key) => key.OnlyValues.Select(limit =>
        If(Holds(limit.When), key.Path, Allow(limit.Only, $"{key.Path} {limit.Why.Replace("{0}", "another value", StringComparison.Ordinal)}")));

    private static JsonObject If(JsonObject condition, string path, JsonObject value) => new() { ["if"] = condition, ["then"] = Within(path, value) };

    private static JsonObject Not(JsonObject schema) => new() { ["not"] = schema };

    // Editors show errorMessage; to everybody else it is an annotation.
    private static JsonObject Allow(YamlNode? value, string message) => value is null
        ? new JsonObject { ["not"] = new JsonObject(), ["errorMessage"] = message }
        : new JsonObject { ["const"] = YamlJson.Of(value), ["errorMessage"] = message };

    private static JsonObject Holds(Belonging kinds) => kinds.Conditions.Count == 1
        ? Holds(kinds.Conditions[0])
        : new JsonObject { ["allOf"] = new JsonArray([.. kinds.Conditions.Select(Holds)]) };

    private static JsonObject Holds(KindIs kind)
    {
        var names = new JsonObject { ["enum"] = new JsonArray([.. kind.Names.Select(n => (JsonNode)n)]) };
        var mayBeMissing = kind.Default is { } name && kind.IsOne(name);
        return Within(kind.Path, kind.IsNot ? Not(names) : names, mustBeThere: !mayBeMissing);
    }

    // A kind that is none of the built-in ones may have keys of theirs: only the silo's program knows.
    private static JsonObject Refuses(Belonging kinds) => kinds.Conditions.Count == 1
        ? Refuses(kinds.Conditions[0])
        : new JsonObject { ["anyOf"] = new JsonArray([.. kinds.Conditions.Select(Refuses)]) };

    private static JsonObject Refuses(KindIs kind) => kind.IsUnknown is null
        ? Not(Holds(kind))
        : Within(kind.Path, new JsonObject { ["enum"] = new JsonArray([.. kind.Others.Select(n => (JsonNode)n)]) }, mustBeThere: true);

    private static string Parent(string path) => path[..path.LastIndexOf('.')];

    private static JsonObject Within(string path, JsonObject schema, bool mustBeThere = false)
    {
        foreach (var name in path.Split('.').Reverse())
        {
            schema = new JsonObject { ["properties"] = new JsonObject { [name] = schema } };
            if (mustBeThere)
            {
                schema["required"] = new JsonArray(name);
            }
        }

        return schema;
    }
}
