using System.Text;

namespace Granary.Contracts.Certificates;

/// <summary>Files with private keys: nobody but their owner may read them, from the moment they are there.</summary>
internal static class PrivateFile
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes a file, whole or not at all, in the place of an older one.</summary>
    public static void Write(string path, string text)
    {
        var unfinished = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            File.Delete(unfinished); // one that is left over may have another mode
            options.UnixCreateMode = Owner;
        }

        try
        {
            using (var file = new FileStream(unfinished, options))
            {
                file.Write(Encoding.UTF8.GetBytes(text));
                file.Flush(flushToDisk: true);
            }

            File.Move(unfinished, path, overwrite: true);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }

    /// <summary>Makes a folder that only its owner can look into.</summary>
    public static void MakeFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, Owner | UnixFileMode.UserExecute);
        }
    }
}
