using System.Text.Json;
using Granary.Contracts;

namespace Granary.Web.Auditing;

/// <summary>The files of an audit log: one for each silo that has this folder, a JSON document a line, oldest first. Files are only ever appended to.
/// Who rotates one renames it; what ends in .jsonl is read.</summary>
/// <param name="path">The folder.</param>
internal sealed class AuditFolder(string path)
{
    private const string Ending = ".jsonl";
    private const UnixFileMode OwnerAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly Lock _writing = new();
    private bool _begun;

    /// <summary>Adds an entry, on disk when this returns.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Nor by this user.</exception>
    public void Append(AuditLine entry)
    {
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(entry, AuditJson.Default.AuditLine), (byte)'\n'];
        lock (_writing)
        {
            Directory.CreateDirectory(path);
            var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite, BufferSize = 0 };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = OwnerAlone;
            }

            using var file = new FileStream(Path.Combine(path, FileName(entry.Silo)), options);
            var end = file.Length;
            try
            {
                if (!_begun && end > 0)
                {
                    file.WriteByte((byte)'\n'); // whoever wrote there before may have been killed in the middle of a line
                }

                file.Write(line);
                file.Flush(flushToDisk: true);
                _begun = true;
            }
            catch (IOException)
            {
                file.SetLength(end); // the next line must not follow half of one
                throw;
            }
        }
    }

    /// <summary>The newest entries of all files, oldest first: of each call what came of it, where that is known. A line that is none, as after a full disk, is left out.</summary>
    /// <param name="most">How many.</param>
    public IReadOnlyList<AuditEntry> Newest(int most)
    {
        var newest = new PriorityQueue<AuditEntry, DateTimeOffset>();
        foreach (var entry in Files().SelectMany(f => Known(File.ReadLines(f).Select(Read).OfType<AuditLine>())))
        {
            newest.Enqueue(entry, entry.At);
            if (newest.Count > most)
            {
                newest.Dequeue();
            }
        }

        return [.. newest.UnorderedItems.Select(i => i.Element).OrderBy(e => e.At)];
    }

    // What came of a call is further down in the same file, and seldom far.
    private static IEnumerable<AuditEntry> Known(IEnumerable<AuditLine> lines)
    {
        var open = new Dictionary<string, AuditLine>();
        foreach (var line in lines)
        {
            if (line.Result == AuditLog.Asked && line.Call is { } asked)
            {
                open[asked] = line;
                continue;
            }

            if (line.Call is { } answered)
            {
                open.Remove(answered);
            }

            yield return line.Entry();
        }

        foreach (var unknown in open.Values)
        {
            yield return unknown.Entry();
        }
    }

    private IEnumerable<string> Files() => Directory.Exists(path) ? Directory.EnumerateFiles(path, "*" + Ending) : [];

    private static AuditLine? Read(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, AuditJson.Default.AuditLine);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // A silo may be called anything.
    private static string FileName(string silo) => string.Concat(silo.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '_')) + Ending;
}
