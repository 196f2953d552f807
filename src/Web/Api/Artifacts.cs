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
        : [.. Names.Select(n => (Name: n, Bytes: Length(Path.Combine(result.Output, n)))).Where(f => f.Bytes is not null)
            .Select(f => new ArtifactDocument(f.Name, f.Bytes!.Value, $"/api/v1/jobs/{Uri.EscapeDataString(status.JobId)}/artifacts/{f.Name}"))];

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
        var isThere = Length(path) is not null;
        if (isThere && !IsOf(status.JobId, result.Output))
        {
            throw new NoArtifactException($"{path} is not what {status.JobId} has left: another job has taken that folder since, or its summary is gone.");
        }

        return isThere && StoredPath.Is(path) ? TypedResults.Stream(JobFiles.OpenRead(path), "application/octet-stream", $"{status.JobId}-{name}")
            : isThere ? TypedResults.PhysicalFile(path, "application/octet-stream", $"{status.JobId}-{name}")
            : throw new NoArtifactException($"{path} is not there, as this silo sees it. It may be on another machine, or removed.");
    }

    // Null: it is not there, or the store that has it cannot be asked.
    private static long? Length(string path)
    {
        if (!StoredPath.Is(path))
        {
            return new FileInfo(path) is { Exists: true } file ? file.Length : null;
        }

        try
        {
            return FileStores.CanAsk ? FileStores.Of(path).Find(path)?.Length : null;
        }
        catch (Exception e) when (e is FileStoreException or JobException)
        {
            return null;
        }
    }

    // Another job may have been told to overwrite it.
    private static bool IsOf(string job, string output)
    {
        try
        {
            return new RunFolder(output, job).IsOwn();
        }
        catch (Exception e) when (e is JobException or FileStoreException)
        {
            return false; // it cannot be read
        }
    }
}
