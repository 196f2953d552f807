using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granary.Sdk;

/// <summary>The files that a job has left, in a folder of its own. They are where the silos have written them: on this machine, or on a disk that both see.</summary>
/// <param name="folder">The folder.</param>
public sealed class JobArtifacts(string folder)
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, // a diverged job's loss may be "NaN"
    };

    /// <summary>The folder.</summary>
    public string Folder { get; } = folder;

    /// <summary>The trained model, in the safetensors format.</summary>
    public string ModelPath => Path.Combine(Folder, "model.safetensors");

    /// <summary>The summary, a JSON document.</summary>
    public string SummaryPath => Path.Combine(Folder, "summary.json");

    /// <summary>The metrics, a JSON document a line.</summary>
    public string MetricsPath => Path.Combine(Folder, "metrics.jsonl");

    /// <summary>The job as a job file, every default filled in.</summary>
    public string JobPath => Path.Combine(Folder, "job.yaml");

    /// <summary>Reads the summary.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The summary.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="JsonException">It is no summary.</exception>
    public async Task<JobSummary> ReadSummaryAsync(CancellationToken cancellationToken = default)
    {
        await using var file = File.OpenRead(SummaryPath);
        return await JsonSerializer.DeserializeAsync<JobSummary>(file, Web, cancellationToken)
            ?? throw new JsonException($"{SummaryPath} is empty.");
    }
}
