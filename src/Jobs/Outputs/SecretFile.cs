using System.Security.Cryptography;
using System.Text;

namespace Granary.Jobs;

/// <summary>Files that hold secrets: their user alone can read them, from their first byte on. They are there whole or not at all.</summary>
public static class SecretFile
{
    private const UnixFileMode OwnerAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>Writes one.</summary>
    /// <param name="path">Its name, in a folder that is there.</param>
    /// <param name="text">What it holds.</param>
    /// <param name="overwrite">Whether one that is there is replaced; else that one stays.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Nor by this user.</exception>
    public static void Write(string path, string text, bool overwrite)
    {
        var own = $"{path}.{RandomNumberGenerator.GetHexString(8, lowercase: true)}.tmp";
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = OwnerAlone;
            }

            using (var file = new FileStream(own, options))
            {
                file.Write(Encoding.UTF8.GetBytes(text));
                file.Flush(flushToDisk: true);
            }

            File.Move(own, path, overwrite);
        }
        catch (IOException) when (!overwrite && File.Exists(path))
        {
            // Another process was earlier.
        }
        finally
        {
            File.Delete(own);
        }
    }

    /// <summary>Whether others than its user can read a file, or write it.</summary>
    public static bool IsOpenToOthers(string path) => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0;
}
