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
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Nor by this user.</exception>
    public IReadOnlyList<AuditEntry> Newest(int most) => AuditTrail.Newest(Files().SelectMany(f => Newest(f, most)), most);

    // From the end on: what came of a call comes before the call.
    private static List<AuditEntry> Newest(string file, int most)
    {
        var calls = new HashSet<string>();
        try
        {
            return [.. LastLines.Of(file).Select(Read).OfType<AuditEntry>().Where(e => e.Call is null || calls.Add(e.Call)).Take(most)];
        }
        catch (FileNotFoundException)
        {
            return []; // somebody has just renamed or removed it
        }
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
