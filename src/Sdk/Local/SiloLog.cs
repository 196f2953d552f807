using System.Text;

namespace Granary.Sdk.Local;

/// <summary>A silo's log file, and its last lines. One that has grown large becomes NAME.log.1, in the place of an older one, and
/// a new one is begun. What cannot be written is dropped: an error of the log ends neither the silo nor its supervisor.</summary>
internal sealed class SiloLog : IDisposable
{
    /// <summary>The size in bytes at which a log is large.</summary>
    public const long Large = 16L << 20;

    private const int TailLines = 15;

    private readonly Lock _one = new();
    private readonly Queue<string> _tail = new();
    private readonly string _path;
    private readonly long _large;
    private FileStream _file;

    /// <param name="path">The file; it is continued if there is one.</param>
    /// <param name="large">The size in bytes at which another is begun.</param>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public SiloLog(string path, long large = Large)
    {
        (_path, _large) = (path, large);
        TurnOver(path, large);
        _file = Open(path);
    }

    /// <summary>The last lines, whether the disk took them or not; frames of a stack are none of them.</summary>
    public IReadOnlyList<string> Tail
    {
        get
        {
            lock (_one)
            {
                return [.. _tail];
            }
        }
    }

    /// <summary>The files that there are of a log, the older one first.</summary>
    public static IEnumerable<string> Parts(string path) => new[] { Older(path), path }.Where(File.Exists);

    /// <summary>Puts a log that has grown large aside.</summary>
    public static void TurnOver(string path, long large = Large)
    {
        if (new FileInfo(path) is { Exists: true } file && file.Length >= large)
        {
            File.Move(path, Older(path), overwrite: true);
        }
    }

    /// <summary>Writes a line.</summary>
    public void Write(string line)
    {
        lock (_one)
        {
            if (!StackLines.IsOne(line))
            {
                _tail.Enqueue(line);
            }

            if (_tail.Count > TailLines)
            {
                _tail.Dequeue();
            }

            try
            {
                _file.Write(Encoding.UTF8.GetBytes(line + '\n'));
                if (_file.Position >= _large)
                {
                    TurnOver(_path, _large);
                    var next = Open(_path);
                    _file.Dispose();
                    _file = next;
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The disk is full: the next line may find room again.
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static string Older(string path) => path + ".1";

    // Without a buffer: a line that found no room is gone with its own error, and does not come back with the next one's or at the end.
    private static FileStream Open(string path) => new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
}
