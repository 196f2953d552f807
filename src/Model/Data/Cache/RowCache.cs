using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Granary.Jobs;

namespace Granary.Model.Data.Cache;

/// <summary>
/// Rows of CSV files as numbers, in files beside their source: a second run maps them instead of reading text. A file belongs to a shard
/// of a source read in one way, and holds the hash of the bytes that it was made of: those are hashed again before it is used, so that
/// neither times nor sizes have to be trusted. Whatever is wrong with a file, and whatever keeps one from being written, costs the reading
/// of the source and no more.
/// </summary>
/// <param name="trouble">Told once for every folder why rows are not kept there.</param>
/// <param name="least">Bytes below which a source is read in less time than it takes to look for its rows.</param>
public sealed class RowCache(Action<string> trouble, long least = RowCache.Least)
{
    private const long Least = 4 << 20;

    private readonly ConcurrentDictionary<string, bool> _told = new();

    /// <summary>Where a shard's rows are kept; null: they are few, or their source is in a store and lies beside nothing.</summary>
    /// <param name="part">The shard.</param>
    /// <param name="data">How it is read.</param>
    /// <param name="files">The source's files.</param>
    /// <param name="source">The shard's lines.</param>
    /// <param name="columns">Which cell is what.</param>
    internal CachePlace? Place(SourcePart part, DataSection data, IReadOnlyList<string> files, CsvLines source, TableColumns columns)
    {
        if (source.Bytes < least || StoredPath.Is(part.Path))
        {
            return null;
        }

        var settings = Settings(part, data, source, columns);
        var folder = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(files[0]))!, DataFiles.CacheFolder);
        var which = (ulong)ContentHash.Of(Encoding.UTF8.GetBytes($"{part.Path}\n{settings}"));
        var name = string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(part.Path).Replace('*', '+').Replace('?', '+')}.{part.Shard}-of-{part.Shards}.{which:x16}.rows");
        return new CachePlace(folder, name, ContentHash.Of(Encoding.UTF8.GetBytes(settings)), source, reason => Tell(folder, reason));
    }

    // Everything but the bytes that decides what the rows are, in a form that cannot mean two things.
    private static string Settings(SourcePart part, DataSection data, CsvLines source, TableColumns columns) => string.Join('\n',
    [
        $"{data.Delimiter} {data.Missing}{(data.HasNumbers ? " number" : "")}",
        FormattableString.Invariant($"{data.MissingSpellings.Count}"),
        .. data.MissingSpellings.Select(s => FormattableString.Invariant($"{s.Length} {s}")),
        FormattableString.Invariant($"{columns.Label} {string.Join(' ', columns.Features)}{string.Concat(columns.ExtraNumbers.Where(b => b.Role != NumberRole.Target).Select(b => $" {b.Role} {b.Column}"))}"),
        .. columns.Split < 0 ? Array.Empty<string>() : [FormattableString.Invariant($"by {columns.Split} {columns.SplitBy!.Settings}")],
        source.IsCut ? "cut" : FormattableString.Invariant($"dealt rows {part.Shard} {part.Shards}"),
        .. columns.Names.Select(n => FormattableString.Invariant($"{n.Length} {n}")),
    ]);

    private void Tell(string folder, string reason)
    {
        if (_told.TryAdd(folder, true))
        {
            trouble($"{folder}: the rows cannot be kept for the next run: {reason}");
        }
    }
}
