using System.Text.Json;
using Json.Schema;
using YamlDotNet.RepresentationModel;

namespace Granary.Jobs.Tests.Keys;

/// <summary>The job file's JSON Schema in the hands of a library that knows nothing of Granary.</summary>
internal static class Schema
{
    private static readonly JsonSchema Document = JsonSchema.FromText(JobSchema.Text());

    /// <summary>Whether the schema accepts a file.</summary>
    public static bool Accepts(YamlMappingNode file)
    {
        using var json = JsonDocument.Parse(YamlAsJson.Of(file)!.ToJsonString());
        return Document.Evaluate(json.RootElement, new EvaluationOptions { OutputFormat = OutputFormat.Flag }).IsValid;
    }

    /// <summary>What the schema has against a job file; null: nothing.</summary>
    public static string? Refusal(string text) => Refusal(YamlText.Mapping(text, "job.yaml"));

    /// <summary>The same of a file that is read.</summary>
    public static string? Refusal(YamlMappingNode file)
    {
        if (Accepts(file))
        {
            return null;
        }

        using var json = JsonDocument.Parse(YamlAsJson.Of(file)!.ToJsonString());
        var details = Document.Evaluate(json.RootElement, new EvaluationOptions { OutputFormat = OutputFormat.List }).Details ?? [];
        return string.Join("; ", details.Where(d => d.Errors is { Count: > 0 }).Select(d => $"{d.InstanceLocation}: {string.Join(", ", d.Errors!.Values)}").Append("refused"));
    }
}
