using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granary.Jobs;

/// <summary>What is predicted, so that finished parts are taken for no other input, model or format.</summary>
/// <param name="Model">The model's file.</param>
/// <param name="Inputs">The input's files, in their order.</param>
/// <param name="IsJson">Whether predictions are lines of JSON, and not of CSV.</param>
/// <param name="Explain">Whether they come with what scores are made of.</param>
/// <param name="Contents">What the files hold now: sizes, times, the model's hash, and by which Granary they are read.</param>
public sealed record PredictionTask(string Model, IReadOnlyList<string> Inputs, bool IsJson, bool Explain, string Contents)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Looks at the files.</summary>
    /// <param name="model">The model's file.</param>
    /// <param name="inputs">The input's files.</param>
    /// <param name="isJson">As above.</param>
    /// <param name="explain">As above.</param>
    /// <exception cref="JobException">One cannot be read.</exception>
    public static PredictionTask Of(string model, IReadOnlyList<string> inputs, bool isJson, bool explain)
    {
        try
        {
            using var weights = File.OpenRead(model);
            var files = inputs.Select(Path.GetFullPath).ToArray();
            var looks = files.Select(f => new FileInfo(f)).Select(f => FormattableString.Invariant($"{f.Length} {f.LastWriteTimeUtc.Ticks}"));
            var contents = string.Join('\n', looks.Prepend(Convert.ToHexStringLower(SHA256.HashData(weights))).Prepend(typeof(PredictionTask).Assembly.GetName().Version!.ToString()));
            return new PredictionTask(Path.GetFullPath(model), files, isJson, explain, contents);
        }
        catch (Exception e) when (FileTrouble.Is(e))
        {
            throw new JobException($"{model}, or a file of {string.Join(", ", inputs.Take(3))}: it cannot be read: {FileTrouble.Reason(e)}.");
        }
    }

    /// <summary>As a text; equal texts are equal tasks.</summary>
    [JsonIgnore]
    public string Text => JsonSerializer.Serialize(this, Options);

    /// <summary>The same of a text; null: it is none.</summary>
    public static PredictionTask? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<PredictionTask>(text, Options) is { Model: not null, Inputs: not null } task ? task : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether it is the same but for what the files hold.</summary>
    public bool IsOfSameFiles(PredictionTask other) => (this with { Contents = other.Contents }).Text == other.Text;
}
