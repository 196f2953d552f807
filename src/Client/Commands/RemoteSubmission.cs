using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Granary.Client.Display;
using Granary.Jobs;
using Granary.Sdk.Connecting;

namespace Granary.Client.Commands;

/// <summary>Hands a job to a cluster that shares no disk with this machine. Files that the job names and that are here are uploaded, each once; other
/// absolute paths are the cluster's own. The cluster checks the data.</summary>
/// <param name="api">The cluster.</param>
/// <param name="narrator">Told what is uploaded.</param>
internal sealed class RemoteSubmission(HttpApi api, Narrator narrator)
{
    private readonly Dictionary<string, string> _uploaded = [];

    /// <summary>Does so; returns the job's id, and what the check of its data found doubtful.</summary>
    /// <param name="file">The job file.</param>
    /// <param name="overrides">key=value over it.</param>
    /// <param name="priority">Jobs of a higher priority start first.</param>
    /// <param name="overwrite">Whether results that the job's output holds may be replaced.</param>
    /// <param name="cancellation">Gives up. A job that had been taken by then goes on.</param>
    /// <exception cref="JobException">The job file is wrong, or a file is neither here nor could be there.</exception>
    /// <exception cref="JobRefusedException">The cluster refuses job or data.</exception>
    public async Task<(string Job, IReadOnlyList<JobWarning> Warnings)> Submit(string file, string[] overrides, int priority, bool overwrite, CancellationToken cancellation)
    {
        var here = new HashSet<string>(StringComparer.Ordinal);
        _ = Load(file, overrides, (text, path) => Find(text, path, here)); // what is wrong is refused before anything is sent
        foreach (var path in here)
        {
            _uploaded[path] = await Upload(path, cancellation);
        }

        var job = Load(file, overrides, (_, path) => _uploaded.GetValueOrDefault(path, path));
        using var body = new StringContent(JobFile.Write(job), Encoding.UTF8, new MediaTypeHeaderValue("application/yaml"));
        narrator.Doing("the cluster reads the data");
        var taken = await api.Ask(
            HttpMethod.Post, string.Create(CultureInfo.InvariantCulture, $"/jobs?file={Uri.EscapeDataString(Path.GetFileName(file))}&folder=/&priority={priority}{(overwrite ? "&overwrite=true" : "")}"), cancellation, body)
            ?? throw new UserException(ExitCode.Unreachable, "the cluster has answered nothing. Whether it has the job says: granary jobs");
        return (taken.GetProperty("job").GetString()!, taken.GetProperty("warnings").Deserialize<JobWarning[]>(JsonSerializerOptions.Web)!);
    }

    private static Job Load(string file, string[] overrides, FileElsewhere elsewhere) =>
        JobFile.Load(file, overrides, Environment.CurrentDirectory, anyKind: true, elsewhere);

    // Plain: a file that is here is uploaded; what is not may be there, if its path is absolute.
    private static string Find(string text, string path, HashSet<string> here)
    {
        if (DataFiles.IsSeveral(path) && !(DataFiles.IsGlob(path) && Path.IsPathRooted(text)))
        {
            throw new JobException($"{path} names several files, and what is uploaded is one. Pack them into one, or name a path under a data root of the cluster.");
        }

        if (FileKinds.Of(path) == FileKind.File)
        {
            here.Add(path);
        }
        else if (!Path.IsPathRooted(text) || FileKinds.Of(path) != FileKind.Nothing)
        {
            throw new JobException(FileKinds.Refusal(path, text) ?? $"{path} cannot be uploaded.");
        }

        return path;
    }

    private async Task<string> Upload(string path, CancellationToken cancellation)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 20, useAsync: true);
        narrator.Doing($"uploading {Path.GetFileName(path)}");
        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellation));
        if (await api.Knows($"/uploads/{hash}", cancellation) is { } known)
        {
            return known.GetProperty("path").GetString()!;
        }

        file.Position = 0;
        using var body = new StreamContent(file, 1 << 20);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        var taken = await api.Ask(HttpMethod.Put, $"/uploads/{hash}?name={Uri.EscapeDataString(Path.GetFileName(path))}", cancellation, body)
            ?? throw new UserException(ExitCode.Unreachable, "the cluster has answered nothing.");
        return taken.GetProperty("path").GetString()!;
    }
}
