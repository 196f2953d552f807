using System.Text;

namespace Granary.Jobs;

/// <summary>A <see cref="RunFolder"/> in a store. The job's id lies there under the same name until all results are there; the summary is written last, so that whoever finds one finds
/// all that it speaks of.</summary>
/// <param name="path">Where: s3://BUCKET/PREFIX.</param>
/// <param name="job">The job's id.</param>
internal sealed class StoredRun(string path, string job)
{
    private static IFileStore Store(string path) => FileStores.Of(path);

    /// <summary>As <see cref="RunFolder.Take"/>. Of two jobs that come at the same time one has it.</summary>
    public void Take(bool overwrite)
    {
        Refuse(overwrite);
        var owner = $"{job}\n{ModelTag()}\n";
        if (!Store(path).Write(Named(RunFolder.Owner), to => to.Write(Encoding.UTF8.GetBytes(owner)), ifNew: !overwrite) && OwnerOf() is var other && other != job)
        {
            throw new JobException(Taken(other));
        }
    }

    /// <summary>Refuses a place that holds something else. Where this process cannot ask the store, a silo will.</summary>
    /// <exception cref="JobException">It does, or it must not be written.</exception>
    public void Refuse(bool overwrite)
    {
        if (PathRule.Current.WriteRefusal(path) is { } refusal)
        {
            throw new JobException(refusal);
        }

        if (FileStores.CanAsk && !overwrite && !IsOwn() && Store(path).List(path, afresh: true) is [var there, ..])
        {
            throw new JobException(OwnerOf() is { } other ? Taken(other)
                : $"{path}: it is not empty ({there.Path[(path.Length + 1)..]}): name another place, or say --overwrite, which replaces a run's files there and nothing else.");
        }
    }

    /// <summary>Before results are written: the summary of another run would speak of them.</summary>
    public void Begin()
    {
        if (SummaryOf() is { } other && other != job)
        {
            Store(path).Remove(Named(RunFolder.Summary));
        }
    }

    /// <summary>As <see cref="RunFolder.GiveBack"/>.</summary>
    public bool GiveBack()
    {
        var isOwn = Text(RunFolder.Owner) is { } text && text.Split('\n') is [var owner, var before, ..] && owner == job && ModelTag() == before;
        if (isOwn)
        {
            Settle();
        }

        return isOwn;
    }

    /// <summary>As <see cref="RunFolder.Settle"/>.</summary>
    public void Settle() => Store(path).Remove(Named(RunFolder.Owner));

    /// <summary>As <see cref="RunFolder.IsOwn"/>.</summary>
    public bool IsOwn() => OwnerOf() == job;

    private string? OwnerOf() => Text(RunFolder.Owner)?.Split('\n')[0] ?? SummaryOf();

    private string? SummaryOf() => Text(RunFolder.Summary) is { } summary ? RunFolder.JobIn(summary) : null;

    private string ModelTag() => Store(path).Find(Named(RunFolder.Model), afresh: true)?.Tag ?? "";

    private string? Text(string name)
    {
        if (Store(path).Find(Named(name), afresh: true) is not { } file)
        {
            return null;
        }

        using var reader = new StreamReader(Store(path).OpenRead(file));
        return reader.ReadToEnd();
    }

    private string Taken(string? other) => $"{path}: it is the output of the job {other}: name another place, or say --overwrite, which replaces a run's files there and nothing else.";

    private string Named(string name) => StoredPath.Combine(path, name);
}
