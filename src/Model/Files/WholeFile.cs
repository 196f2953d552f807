using Granary.Jobs;

namespace Granary.Model.Files;

/// <summary>Files that are there whole or not at all: written to a temporary name beside their own, flushed, renamed.</summary>
internal static class WholeFile
{
    public static void Write(string path, Action<Stream> write)
    {
        var temporary = path + ".tmp";
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            write(file);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>The same for a path that a user named.</summary>
    /// <exception cref="JobException">It cannot be written.</exception>
    public static void WriteFor(string path, Action<Stream> write)
    {
        try
        {
            Write(path, write);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new JobException($"{path}: the file cannot be written: {e.Message}");
        }
        finally
        {
            // What a failure has left behind; there is none after a success.
            if (File.Exists(path + ".tmp"))
            {
                File.Delete(path + ".tmp");
            }
        }
    }
}
