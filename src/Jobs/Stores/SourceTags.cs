using System.Security.Cryptography;
using System.Text;

namespace Granary.Jobs;

/// <summary>Tells whether examples in a store are still the same: all shards of a job, whenever they read, must have read one content.</summary>
public static class SourceTags
{
    /// <summary>A hash of what the files are now, asked of the store afresh; null where none is in a store.</summary>
    /// <param name="data">Names them.</param>
    /// <exception cref="JobException">One is not there, or the store cannot be asked.</exception>
    public static string? Of(DataSection data)
    {
        string[] paths = [.. Paths(data)];
        if (paths.Length == 0)
        {
            return null;
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in paths.SelectMany(Files))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{file.Path}\n{file.Length}\n{file.Tag}\n")));
        }

        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    /// <summary>Refuses files that have been changed.</summary>
    /// <param name="began">What they were; null: nothing is known of that.</param>
    /// <param name="now">What they are.</param>
    /// <param name="data">Names them.</param>
    /// <returns>What they are.</returns>
    /// <exception cref="JobException">They are others.</exception>
    public static string? RequireSame(string? began, string? now, DataSection data)
    {
        if (began is not null && began != now)
        {
            throw new JobException(Changed(data));
        }

        return now;
    }

    /// <summary>What to say where it is another.</summary>
    /// <param name="data">Names the files.</param>
    public static string Changed(DataSection data) => $"{string.Join(" or ", Paths(data))} has been changed since the job began to read it. "
        + "Leave data alone while a job reads it, and submit the job again to train on what is there now.";

    private static IEnumerable<string> Paths(DataSection data) =>
        new[] { data.Path, data.Labels, data.Validation.Path, data.Validation.Labels }.OfType<string>().Where(StoredPath.Is);

    private static IEnumerable<StoredFile> Files(string path)
    {
        var store = FileStores.Of(path);
        if (PathRule.Current.ReadRefusal(path) is { } refusal)
        {
            throw new JobException(refusal);
        }

        if (!DataFiles.IsGlob(path) && store.Find(path, afresh: true) is { } file)
        {
            return [file];
        }

        var root = path;
        while (DataFiles.IsGlob(root))
        {
            root = StoredPath.Folder(root);
        }

        var now = store.List(root, afresh: true).ToDictionary(f => f.Path);
        return DataFiles.Expand(path) is [_, ..] files && files.All(now.ContainsKey) ? [.. files.Select(f => now[f])] : throw new JobException($"there is no file {path}.");
    }
}
