using Granary.Contracts;
using Granary.Jobs;
using Microsoft.AspNetCore.Http;

namespace Granary.Web.Api;

/// <summary>There is no such file.</summary>
internal sealed class NoArtifactException(string message) : Exception(message);

/// <summary>The files that a job has left, where this silo sees them.</summary>
internal static class Artifacts
{
    private static readonly string[] Names = ["model.safetensors", "summary.json", "metrics.jsonl", "job.yaml"];

    /// <summary>Those that are there.</summary>
    public static IReadOnlyList<ArtifactDocument> Of(JobStatus status) => status.Result is not { } result || !IsOf(status.JobId, result.Output)
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
        if (System.IO.File.Exists(path) && !IsOf(status.JobId, result.Output))
        {
            throw new NoArtifactException($"{path} is not what {status.JobId} has left: another job has taken that folder since, or its summary is gone.");
        }

        return System.IO.File.Exists(path)
            ? TypedResults.PhysicalFile(path, "application/octet-stream", $"{status.JobId}-{name}")
            : throw new NoArtifactException($"{path} is not there, as this silo sees it. It may be on another machine, or removed.");
    }

    // Another job may have been told to overwrite it.
    private static bool IsOf(string job, string output)
    {
        try
        {
            return new RunFolder(output, job).IsOwn();
        }
        catch (JobException)
        {
            return false; // it cannot be read
        }
    }
}
