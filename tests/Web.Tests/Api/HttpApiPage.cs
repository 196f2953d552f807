using System.Text;
using System.Text.Json;

namespace Granary.Web.Tests.Api;

/// <summary>docs/reference/http-api.md, made from the API's own description.</summary>
internal static class HttpApiPage
{
    private const string Head = """
        # The HTTP API

        Written from `/openapi/v1.json` by a test (`GRANARY_UPDATE_REFERENCE=1`): change the descriptions in src/Web/Api, then run it again.

        Every silo that is started with a web port serves it, and the page at `/` uses nothing else: [watch a job in the browser](../how-to/watch-in-the-browser.md)
        says how to get one. What goes wrong is `application/problem+json`: `detail` is the command line's message, and for a job file `file`, `line`, `key` and
        `remedy` are its parts. A request whose `Host` is not this server's is refused (403), and so is a change that another site's page asks for.

        Beyond the loopback each request needs a [token](../how-to/security.md#tokens), as `Authorization: Bearer TOKEN`: without one the answer is 401, and 403 where its role is not enough.

        """;

    public static string Of(JsonElement document)
    {
        var page = new StringBuilder(Head);
        foreach (var group in Operations(document).GroupBy(o => o.Operation.GetProperty("tags")[0].GetString()))
        {
            page.Append($"\n## {group.Key}\n");
            foreach (var (method, path, operation) in group)
            {
                page.Append($"\n### {method} {path}\n\n{Sentence(operation.GetProperty("summary").GetString()!)}");
                page.Append(operation.TryGetProperty("description", out var more) ? $" {more.GetString()}\n" : "\n");
                Parameters(page, operation);
                if (Answer(operation) is { } answer)
                {
                    page.Append($"\nAnswer: {answer}\n");
                }
            }
        }

        page.Append("\n## Documents\n");
        foreach (var schema in document.GetProperty("components").GetProperty("schemas").EnumerateObject().Where(s => s.Value.TryGetProperty("properties", out _)))
        {
            page.Append($"\n### {schema.Name}\n\n| field | type | |\n| --- | --- | --- |\n");
            foreach (var field in schema.Value.GetProperty("properties").EnumerateObject())
            {
                page.Append($"| `{field.Name}` | {Type(field.Value)} | {Cell(field.Value.TryGetProperty("description", out var what) ? what.GetString()! : "")} |\n");
            }
        }

        return page.ToString();
    }

    private static IEnumerable<(string Method, string Path, JsonElement Operation)> Operations(JsonElement document) =>
        document.GetProperty("paths").EnumerateObject().SelectMany(p => p.Value.EnumerateObject().Select(m => (m.Name.ToUpperInvariant(), p.Name, m.Value)));

    private static void Parameters(StringBuilder page, JsonElement operation)
    {
        if (!operation.TryGetProperty("parameters", out var parameters) || parameters.EnumerateArray().All(p => p.GetProperty("name").GetString() == "job"))
        {
            return;
        }

        page.Append("\n| parameter | in | type | |\n| --- | --- | --- | --- |\n");
        foreach (var p in parameters.EnumerateArray().Where(p => p.GetProperty("name").GetString() != "job"))
        {
            page.Append($"| `{p.GetProperty("name").GetString()}` | {p.GetProperty("in").GetString()} | {Type(p.GetProperty("schema"))} | {Cell(p.TryGetProperty("description", out var what) ? what.GetString()! : "")} |\n");
        }
    }

    private static string? Answer(JsonElement operation)
    {
        var good = operation.GetProperty("responses").EnumerateObject().First(r => r.Name[0] == '2');
        return good.Value.TryGetProperty("content", out var content) && content.EnumerateObject().FirstOrDefault() is { Value.ValueKind: JsonValueKind.Object } kind
            ? $"{good.Name}, `{kind.Name}`" + (kind.Value.TryGetProperty("schema", out var schema) ? $", {Type(schema)}." : ".")
            : null;
    }

    private static string Type(JsonElement schema)
    {
        if (schema.TryGetProperty("$ref", out var reference))
        {
            var name = reference.GetString()!.Split('/')[^1];
            return $"[{name}](#{name.ToLowerInvariant()})";
        }

        if (schema.TryGetProperty("oneOf", out var choices) || schema.TryGetProperty("anyOf", out choices))
        {
            return string.Join(" or ", choices.EnumerateArray().Select(Type).Distinct());
        }

        var types = schema.TryGetProperty("type", out var type) ? type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(t => t.GetString()!).ToArray() : [type.GetString()!] : ["any"];
        string[] plain = types.Contains("integer") || types.Contains("number") ? [.. types.Where(t => t != "string")] : types; // numbers may be "NaN"
        return string.Join(" or ", plain.Select(t => t == "array" ? $"list of {Type(schema.GetProperty("items"))}" : t));
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ");

    private static string Sentence(string text) => text.EndsWith('.') ? text : text + ".";
}
