using System.Text.Json;

namespace Granary.Web.Auditing;

/// <summary>The files of an audit log: one for each silo that has this folder, a JSON document a line, oldest first. Files are only ever appended to.
/// Who rotates one renames it; what ends in .jsonl is read.</summary>
/// <param name="path">The folder.</param>
internal sealed class AuditFolder(string path)
{
    private const string Ending = ".jsonl";
    private const UnixFileMode OwnerAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly Lock _writing = new();

    /// <summary>Adds an entry, on disk when this returns.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Nor by this user.</exception>
    public void Append(AuditEntry entry)
    {
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(entry, AuditJson.Default.AuditEntry), (byte)'\n'];
        lock (_writing)
        {
            Directory.CreateDirectory(path);
            var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite, BufferSize = 0 };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = OwnerAlone;
            }

            using var file = new FileStream(Path.Combine(path, FileName(entry.Silo)), options);
            file.Write(line);
            file.Flush(flushToDisk: true);
        }
    }

    /// <summary>The newest entries of all files, oldest first. A line that is none, as after a full disk, is left out.</summary>
    /// <param name="most">How many.</param>
    public IReadOnlyList<AuditEntry> Newest(int most)
    {
        var newest = new PriorityQueue<AuditEntry, DateTimeOffset>();
        foreach (var entry in Files().SelectMany(File.ReadLines).Select(Read).OfType<AuditEntry>())
        {
            newest.Enqueue(entry, entry.At);
            if (newest.Count > most)
            {
                newest.Dequeue();
            }
        }

        return [.. newest.UnorderedItems.Select(i => i.Element).OrderBy(e => e.At)];
    }

    private IEnumerable<string> Files() => Directory.Exists(path) ? Directory.EnumerateFiles(path, "*" + Ending) : [];

    private static AuditEntry? Read(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, AuditJson.Default.AuditEntry);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // A silo may be called anything.
    private static string FileName(string silo) => string.Concat(silo.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '_')) + Ending;
}
