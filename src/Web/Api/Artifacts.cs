using Granary.Contracts;
using Microsoft.AspNetCore.Http;

namespace Granary.Web.Api;

/// <summary>There is no such file.</summary>
internal sealed class NoArtifactException(string message) : Exception(message);

/// <summary>The files that a job has left, where this silo sees them.</summary>
internal static class Artifacts
{
    private static readonly string[] Names = ["model.safetensors", "summary.json", "metrics.jsonl", "job.yaml"];

    /// <summary>Those that are there.</summary>
    public static IReadOnlyList<ArtifactDocument> Of(JobStatus status) => status.Result is not { } result
        ? []
        : [.. Names.Select(n => new FileInfo(Path.Combine(result.Output, n))).Where(f => f.Exists)
            .Select(f => new ArtifactDocument(f.Name, f.Length, $"/api/v1/jobs/{Uri.EscapeDataString(status.JobId)}/artifacts/{f.Name}"))];

    /// <summary>One of them, to be saved.</summary>
    /// <exception cref="NoArtifactException">It is not there.</exception>
    public static IResult File(JobStatus status, string name)
    {
        if (!Names.Contains(name))
        {
            throw new NoArtifactException($"a job leaves no file '{name}'. There may be {string.Join(", ", Names)}.");
        }

        if (status.Result is not { } result)
        {
            throw new NoArtifactException($"{status.JobId} has left no files yet: it is {status.State.ToString().ToLowerInvariant()}.");
        }

        var path = Path.Combine(result.Output, name);
        return System.IO.File.Exists(path)
            ? TypedResults.PhysicalFile(path, "application/octet-stream", $"{status.JobId}-{name}")
            : throw new NoArtifactException($"{path} is not there, as this silo sees it. It may be on another machine, or removed.");
    }
}
