using System.Security.Cryptography;
using System.Text;
using Granary.Contracts;
using Granary.Jobs;
using Granary.Web.Api;

namespace Granary.Web.Submitting;

/// <summary>Hands jobs to the cluster once job file and data are good.</summary>
/// <param name="calls">The cluster.</param>
/// <param name="check">Reads the data.</param>
internal sealed class JobSubmission(ClusterCalls calls, IDataCheck check) : IDisposable
{
    private const string DefaultName = "job.yaml";
    private const int IdDigits = 6;
    private const int LongestName = 255; // bytes of a file's name, on any of the usual file systems

    private readonly SemaphoreSlim _oneCheck = new(1); // each takes every core

    /// <summary>Hands one in.</summary>
    /// <param name="text">The job file.</param>
    /// <param name="query">How.</param>
    /// <param name="owner">Whose job it is; null: nobody's in particular.</param>
    /// <param name="cancellation">Gives up. A job that had been taken by then goes on.</param>
    /// <exception cref="JobException">The job cannot be taken.</exception>
    /// <exception cref="DataCheckException">Its data cannot be used.</exception>
    public async Task<SubmittedDocument> Submit(string text, SubmitQuery query, string? owner, CancellationToken cancellation)
    {
        var name = FileName(query.File);
        var folder = Absolute("folder", query.Folder) ?? Environment.CurrentDirectory;
        var (output, set) = (Absolute("output", query.Output), query.Set ?? []);
        var job = JobFile.Parse(text, name, folder, set, folder, anyKind: true);
        var id = $"{job.Name}-{RandomNumberGenerator.GetHexString(IdDigits, lowercase: true)}";
        if (output is not null)
        {
            new RunFolder(output, id).Try(query.Overwrite ?? false, null);
        }

        var warnings = query.Check ?? true ? await Check(text, name, folder, set, cancellation) : [];
        var submission = new Submission(job, output, id, query.Priority ?? 0, Group: query.Group, Warnings: warnings, Overwrite: query.Overwrite ?? false, Owner: owner);
        await calls.Change(() => calls.Catalogue.Submit(submission), cancellation); // with an id of its own it is taken once, however often it is asked
        calls.ForgetJobs();
        return new SubmittedDocument(id, [.. warnings.Select(w => new WarningDocument(w.Kind, w.Message))]);
    }

    private async Task<IReadOnlyList<JobWarning>> Check(string text, string name, string folder, string[] set, CancellationToken cancellation)
    {
        await _oneCheck.WaitAsync(cancellation);
        try
        {
            return await check.Check(text, name, folder, set, cancellation);
        }
        finally
        {
            _oneCheck.Release();
        }
    }

    // The check of the data writes a file of this name.
    private static string FileName(string? file)
    {
        var name = file is { Length: > 0 } ? Path.GetFileName(file) : DefaultName;
        return name is "" or "." or ".." || name.Contains('\0', StringComparison.Ordinal) || Encoding.UTF8.GetByteCount(name) > LongestName
            ? throw new JobException($"file is '{file}', which is no name of a file. Give the job file's own, of {LongestName} bytes at most.")
            : name;
    }

    // What a path is relative to would depend on the silo that happens to answer.
    private static string? Absolute(string name, string? path) => path is null or { Length: 0 }
        ? null
        : path.Contains('\0', StringComparison.Ordinal) ? throw new JobException($"{name} is '{path}', which is no path. Give it without NUL.")
        : StoredPath.Is(path) ? StoredPath.Normal(path)
        : Path.IsPathFullyQualified(path) ? path : throw new JobException($"{name} is '{path}', which is no absolute path. Give it as the silos see it, from the root on.");

    /// <inheritdoc/>
    public void Dispose() => _oneCheck.Dispose();
}
