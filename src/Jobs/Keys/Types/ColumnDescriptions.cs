using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>Columns by name, each a kind or a section of its own; or the word that has them inferred.</summary>
internal sealed class ColumnDescriptions : IKeyType<ColumnsSection?>
{
    private const string Infer = "infer";

    private const string Example = "columns by name, such as { age: numeric, city: { kind: categorical, missing: slot } }";

    /// <inheritdoc/>
    public string Words => $"{Infer}, or [columns by name](#columns)";

    /// <inheritdoc/>
    public JsonObject Schema() => new()
    {
        ["anyOf"] = new JsonArray(
            new JsonObject { ["const"] = Infer },
            new JsonObject
            {
                ["type"] = "object",
                ["additionalProperties"] = new JsonObject
                {
                    ["anyOf"] = new JsonArray([
                        new JsonObject { ["enum"] = new JsonArray([.. ColumnKinds.Names.Select(n => (JsonNode)n)]) },
                        new JsonObject { ["type"] = "null" },
                        .. ColumnKinds.All.Select(Schema)]),
                },
            }),
    };

    private static JsonObject Schema(ColumnKind kind)
    {
        var properties = new JsonObject { [ColumnKeys.Kind] = new JsonObject { ["const"] = kind.Name, ["description"] = $"{char.ToUpperInvariant(kind.Doc[0])}{kind.Doc[1..].Replace("`", "", StringComparison.Ordinal)}." } };
        foreach (var key in ColumnKeys.Of(kind))
        {
            properties[key.Name] = key.Name == "missing"
                ? new JsonObject { ["enum"] = new JsonArray([.. kind.Missings.Select(m => (JsonNode)Kebab.Name(m))]) }
                : key.Schema();
        }

        return new JsonObject { ["type"] = "object", ["properties"] = properties, ["required"] = new JsonArray(ColumnKeys.Kind), ["additionalProperties"] = false };
    }

    /// <inheritdoc/>
    public ColumnsSection? Read(KeyReading at)
    {
        var (map, key) = (at.Map, at.Key);
        if (!map.IsSection(key))
        {
            return map.Text(key) == Infer
                ? new ColumnsSection(true, new Dictionary<string, ColumnSection>())
                : throw map.Error(key, $"data.columns is '{map.Text(key)}', but must be {Infer}, or {Example}.");
        }

        var columns = map.Map(key);
        return new ColumnsSection(false, columns.Keys.ToDictionary(name => name, name => Column(columns, name, at)));
    }

    private static ColumnSection Column(YamlMap columns, string name, KeyReading at)
    {
        if (!columns.IsSection(name))
        {
            return new ColumnSection { Kind = columns.Has(name) ? Kind(columns, name) : ColumnKinds.Usual.Name };
        }

        var map = columns.Map(name);
        map.Expect([ColumnKeys.Kind, .. ColumnKeys.All.Select(k => k.Name)]);
        var kind = map.Has(ColumnKeys.Kind) ? ColumnKinds.Of(Kind(map, ColumnKeys.Kind)) : throw map.Missing(ColumnKeys.Kind);
        var section = new ColumnSection { Kind = kind.Name };
        foreach (var key in ColumnKeys.All.Where(k => map.Has(k.Name)))
        {
            section = ColumnKeys.Of(kind).Contains(key)
                ? key.Read(section, new KeyReading(map, key.Name, at.SoFar, at.Place))
                : throw map.Error(key.Name, $"{map.Full(key.Name)} has no meaning for {kind.Name}: it belongs to {ColumnKeys.AppliesTo(key)}.");
        }

        Check(map, kind, section);
        return section;
    }

    private static void Check(YamlMap map, ColumnKind kind, ColumnSection section)
    {
        if (section.Missing is { } rule && !kind.Missings.Contains(rule))
        {
            throw map.NoChoice("missing", Kebab.Name(rule), kind.Missings.Select(Kebab.Name));
        }

        if (section.Missing == MissingRule.Constant != section.Fill is not null)
        {
            throw map.Error(section.Fill is null ? "missing" : "fill", section.Fill is null
                ? $"{map.Full("missing")} is constant, but {map.Full("fill")}, which says what to fill in, is missing."
                : $"{map.Full("fill")} has a meaning only where {map.Full("missing")} is constant.");
        }

        if (kind.Broken(section) is var (key, message))
        {
            throw map.Error(key, $"{map.Full(key)} {message}.");
        }
    }

    private static string Kind(YamlMap map, string key)
    {
        var text = map.Text(key)!;
        return ColumnKinds.IsKnown(text) ? text : throw map.NoChoice(key, text, ColumnKinds.Names);
    }

    /// <inheritdoc/>
    public YamlNode? Write(ColumnsSection? value) => value is null ? null
        : value.Infer ? YamlNodes.Word(Infer)
        : new YamlMappingNode(value.Named.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => KeyValuePair.Create<YamlNode, YamlNode>(YamlNodes.Text(c.Key), Written(c.Value))));

    private static YamlNode Written(ColumnSection column)
    {
        (string, YamlNode?)[] keys = [.. ColumnKeys.All.Select(k => (k.Name, k.Write(column))).Where(k => k.Item2 is not null)];
        return keys.Length == 0 ? YamlNodes.Word(column.Kind) : YamlNodes.Map(keys.Prepend((ColumnKeys.Kind, YamlNodes.Word(column.Kind))));
    }
}
