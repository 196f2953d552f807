using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Granary.Jobs;

namespace Granary.Model.Data.Cache;

/// <summary>A shard's rows.</summary>
/// <param name="Rows">The numbers.</param>
/// <param name="Names">The labels.</param>
/// <param name="Labels">Which of them each row has.</param>
internal sealed record CachedRows(IDenseRows Rows, IReadOnlyList<string> Names, int[] Labels);

/// <summary>The file that a shard's rows are in, if they are.</summary>
/// <param name="folder">Its folder.</param>
/// <param name="name">Its name there.</param>
/// <param name="settings">How the source is read.</param>
/// <param name="source">The source.</param>
/// <param name="trouble">Told why rows are not kept.</param>
internal sealed partial class CachePlace(string folder, string name, UInt128 settings, CsvLines source, Action<string> trouble)
{
    private const string Unfinished = ".tmp";
    private static readonly TimeSpan Abandoned = TimeSpan.FromMinutes(10);

    private readonly string _path = Path.Combine(folder, name);

    /// <summary>The rows, if they are there, whole, and those of the source as it is now.</summary>
    public CachedRows? Find()
    {
        try
        {
            if (!File.Exists(_path) || PathRule.Current.ReadRefusal(_path) is not null)
            {
                return null;
            }

            using var file = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            return Header(file) is { IsSound: true } header && header.Settings == settings && header.Length == file.Length && header.Source == source.Hash()
                && MappedRows.Map(file, header) is var rows && rows.IsWhole()
                ? new CachedRows(rows, rows.Names(), rows.Labels())
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static CacheHeader Header(FileStream file)
    {
        var bytes = new byte[CacheHeader.Size];
        return RandomAccess.Read(file.SafeFileHandle, bytes, 0) == bytes.Length ? MemoryMarshal.Read<CacheHeader>(bytes) : default;
    }

    /// <summary>Has the source read into the file. Others may do the same at the same time: each has a file of its own until it is
    /// whole, and the last one stays.</summary>
    /// <param name="features">Numbers in a row.</param>
    /// <param name="read">Reads all rows; null: it could not.</param>
    /// <returns>The rows; null: they could not be read so, or not be kept.</returns>
    public CachedRows? Fill(int features, Func<IRowSink, (IReadOnlyList<string> Names, UInt128 Hash)?> read)
    {
        if (PathRule.Current.WriteRefusal(folder) is { } refusal)
        {
            trouble(refusal);
            return null;
        }

        var own = $"{_path}.{Guid.NewGuid():N}{Unfinished}";
        try
        {
            Directory.CreateDirectory(folder);
            Sweep();
            var before = source.IsCut ? 0 : source.Hash();
            using var file = new FileStream(own, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            using var writer = new CacheWriter(file);
            if (read(writer) is not { } found)
            {
                return null;
            }

            var labels = writer.Done(settings, source.IsCut ? found.Hash : before, features, found.Names);
            var rows = MappedRows.Map(file, Header(file));
            File.Move(own, _path, overwrite: true);
            return new CachedRows(rows, found.Names, labels);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            trouble(e.Message);
            return null;
        }
        finally
        {
            Remove(own);
        }
    }

    // What processes have left behind that were killed while they wrote. Whoever still writes to one only fails to keep it.
    private void Sweep()
    {
        foreach (var left in Directory.EnumerateFiles(folder, "*" + Unfinished).Where(f => OwnName().IsMatch(f) && DateTime.UtcNow - File.GetLastWriteTimeUtc(f) > Abandoned))
        {
            Remove(left);
        }
    }

    [GeneratedRegex(@"\.rows\.[0-9a-f]{32}\.tmp$")]
    private static partial Regex OwnName();

    private static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It takes room, and nothing else.
        }
    }
}
