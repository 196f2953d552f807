namespace Granary.Jobs;

/// <summary>Tells kinds of files apart before one is opened: opening a pipe waits for whoever writes to it.</summary>
public static class FileKinds
{
    private static readonly string[] OwnNames = ["/dev/stdin", "/dev/fd/", "/proc/self/fd/", "/proc/thread-self/fd/"];

    /// <summary>The kind of what a path leads to. Where the system does not tell pipes from files, both are files.</summary>
    /// <exception cref="FileStoreException">The store that has it cannot be asked.</exception>
    public static FileKind Of(string path)
    {
        if (StoredPath.Is(path))
        {
            // Where nobody can look, whoever can will.
            return !FileStores.CanAsk || FileStores.Of(path).Find(path) is not null ? FileKind.File : FileStores.Of(path).HasFolder(path) ? FileKind.Folder : FileKind.Nothing;
        }

        var kind = FileIdentity.Of(path).Kind;
        return kind == FileKind.File && Array.Exists(OwnNames, path.StartsWith) ? FileKind.Pipe : kind;
    }

    /// <summary>Why a path cannot be read as a file by several processes, as a sentence; null where it can.</summary>
    /// <param name="path">The path.</param>
    /// <param name="text">The same as its user wrote it: what looks like a variable is explained.</param>
    public static string? Refusal(string path, string? text = null)
    {
        try
        {
            return PathRule.Current.ReadRefusal(path) ?? RefusalOf(Of(path), path, text);
        }
        catch (FileStoreException e)
        {
            return $"{path} cannot be read: {e.Message}";
        }
    }

    private static string? RefusalOf(FileKind kind, string path, string? text) => kind switch
    {
        FileKind.File => null,
        FileKind.Folder => $"{path} is a folder, not a file.",
        FileKind.Pipe => $"{path} is a pipe, which can be read only once, but this is read several times, by several processes. Save it to a file first.",
        FileKind.Device or FileKind.Disk => $"{path} is a device, not a file.",
        FileKind.Socket => $"{path} is a socket, not a file.",
        _ => $"there is no file {path}.{UserPath.Hint(text ?? path)}",
    };
}
