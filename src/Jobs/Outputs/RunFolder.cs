using System.Text.Json;

namespace Granary.Jobs;

/// <summary>
/// The folder that a job leaves its model in. It belongs to the job from before its first step on: a file there holds the job's id, until
/// the summary does. A folder that holds anything else, be it somebody's own files or another job's results, is refused unless it may be
/// overwritten, or is that of the run that the job goes on from.
/// </summary>
/// <param name="path">The folder.</param>
/// <param name="job">The job's id.</param>
public sealed class RunFolder(string path, string job)
{
    /// <summary>The file that holds the id of the job that the folder belongs to, while there is no summary.</summary>
    public const string Owner = ".granary-run";

    /// <summary>The folder of what training on takes.</summary>
    public const string State = "state";

    /// <summary>The file that says whose results are there, and that all of them are.</summary>
    public const string Summary = "summary.json";

    internal const string Model = "model.safetensors";

    private static readonly string[] Written = [Model, "job.yaml", "metrics.jsonl", Summary, Owner];

    private readonly StoredRun? _stored = StoredPath.Is(path) ? new StoredRun(path, job) : null;

    /// <summary>Takes the folder for the job: makes it where it is missing, and tries to write there.</summary>
    /// <param name="overwrite">Whether results that it holds may be replaced.</param>
    /// <param name="continues">Folder of the run that the job goes on from; null: none.</param>
    /// <exception cref="JobException">It cannot be written to, or must not be.</exception>
    public void Take(bool overwrite, string? continues)
    {
        if (_stored is not null)
        {
            _stored.Take(overwrite);
            return;
        }

        Refuse(overwrite || IsSame(path, continues));
        using var folder = new NewFolder(path);
        WholeFile.Write(Path.Combine(path, Owner), job + "\n");
        folder.Keep();
    }

    /// <summary>Finds out whether the job could take the folder, and leaves no trace of that.</summary>
    /// <inheritdoc cref="Take" path="/param"/>
    /// <inheritdoc cref="Take" path="/exception"/>
    /// <param name="inputs">The files that the job reads: none of them is replaced, unless the job goes on in its own folder.</param>
    public void Try(bool overwrite, string? continues, params IReadOnlyCollection<string> inputs)
    {
        if (_stored is not null)
        {
            Try(() => _stored.Refuse(overwrite));
            return;
        }

        Refuse(overwrite || IsSame(path, continues));
        if (!IsSame(path, continues))
        {
            RefuseInputs(inputs);
        }

        using var folder = new NewFolder(path);
        using var file = new UnfinishedFile(Path.Combine(path, Owner));
        file.Content.Write("\n"u8);
        file.Content.Flush();
    }

    /// <summary>Makes sure, before results are written, that the folder is still the job's.</summary>
    /// <inheritdoc cref="Take" path="/param"/>
    /// <exception cref="JobException">It is another job's by now, or somebody's.</exception>
    public void MakeSure(bool overwrite, string? continues)
    {
        if (!IsOwn())
        {
            Take(overwrite, continues); // it may have been removed: then it is made again
        }
    }

    /// <summary>Results are about to be written.</summary>
    public void Begin() => _stored?.Begin();

    /// <summary>The job has ended. If it has left nothing, the folder is again what it was before: free, or an earlier job's with its results.</summary>
    /// <returns>Whether it was this job's, and is free now.</returns>
    public bool GiveBack()
    {
        if (_stored is not null)
        {
            return _stored.GiveBack();
        }

        var isOwn = IsOwn() && !HasModel();
        if (isOwn)
        {
            Settle();
        }

        return isOwn;
    }

    // The model is written before all else. An older one is an earlier job's; one of the same age may be this job's.
    private bool HasModel() => new FileInfo(Path.Combine(path, Model)) is { Exists: true } model
        && model.LastWriteTimeUtc >= File.GetLastWriteTimeUtc(Path.Combine(path, Owner));

    /// <summary>All results are there: the summary says whose they are.</summary>
    public void Settle()
    {
        if (_stored is not null)
        {
            _stored.Settle();
        }
        else
        {
            File.Delete(Path.Combine(path, Owner));
        }
    }

    /// <summary>Whether two paths lead to the same folder.</summary>
    public static bool IsSame(string path, string? other) => other is not null && FileIdentity.Of(path).IsSameAs(FileIdentity.Of(other));

    private void Refuse(bool overwrite)
    {
        if (PathRule.Current.WriteRefusal(path) is { } refusal)
        {
            throw new JobException(refusal);
        }

        var kind = FileIdentity.Of(path).Kind;
        if (kind is not (FileKind.Folder or FileKind.Nothing))
        {
            throw new JobException($"{path}: this is no folder: a job's output is a folder of its own. Name another one.");
        }

        if (kind == FileKind.Nothing || IsOwn())
        {
            return;
        }

        var there = Read(() => Directory.EnumerateFileSystemEntries(path).FirstOrDefault());
        if (there is not null && !overwrite)
        {
            var whose = OwnerOf() is { } other ? $"it is the output of the job {other}" : $"it is not empty ({Path.GetFileName(there)})";
            throw new JobException($"{path}: {whose}: name another folder, or say --overwrite, which replaces a run's files there and nothing else.");
        }

        // What bears the name of a file to come, but cannot be replaced by it.
        if (Written.FirstOrDefault(f => Directory.Exists(Path.Combine(path, f))) is { } folder)
        {
            throw new JobException($"{Path.Combine(path, folder)}: this is a folder, and a file of this name is to be written: name another output.");
        }

        if (Written.Select(f => new FileInfo(Path.Combine(path, f))).FirstOrDefault(f => f.LinkTarget is not null) is { } link)
        {
            throw new JobException($"{link.FullName}: this is a link, and what it leads to would be replaced: remove it, or name another output.");
        }

        if (FileIdentity.Of(Path.Combine(path, State)).Kind is not (FileKind.Folder or FileKind.Nothing))
        {
            throw new JobException($"{Path.Combine(path, State)}: this is a file, and a folder of this name is to be made: name another output.");
        }
    }

    private void RefuseInputs(IReadOnlyCollection<string> inputs)
    {
        foreach (var written in Written.Select(f => Path.Combine(path, f)).Where(File.Exists))
        {
            if (inputs.FirstOrDefault(i => FileIdentity.Of(i).IsSameAs(FileIdentity.Of(written))) is { } input)
            {
                throw new JobException($"{path}: {written} is {(written == input ? "" : input + ", ")}a file that the job reads, and would be lost: name another folder.");
            }
        }
    }

    /// <summary>Whether the folder is the job's: what it holds was left by it, and not by another one since.</summary>
    /// <exception cref="JobException">The folder cannot be read.</exception>
    public bool IsOwn() => _stored?.IsOwn() ?? OwnerOf() == job;

    private void Try(Action ask)
    {
        try
        {
            ask();
        }
        catch (FileStoreException e)
        {
            throw new JobException($"{path}: it cannot be written: {e.Message}");
        }
    }

    private string? OwnerOf()
    {
        var (owner, summary) = (Path.Combine(path, Owner), Path.Combine(path, Summary));
        return FileIdentity.Of(owner).Kind == FileKind.File ? Read(() => File.ReadLines(owner).FirstOrDefault())
            : FileIdentity.Of(summary).Kind == FileKind.File ? JobIn(Read(() => File.ReadAllText(summary)))
            : null;
    }

    internal static string? JobIn(string summary)
    {
        try
        {
            using var document = JsonDocument.Parse(summary);
            return document.RootElement.GetProperty("job").GetString();
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null; // it is somebody's own
        }
    }

    private T Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (FileTrouble.Is(e))
        {
            throw new JobException($"{path}: the folder cannot be read: {FileTrouble.Reason(e)}.");
        }
    }
}
