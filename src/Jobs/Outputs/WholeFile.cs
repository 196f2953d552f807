namespace Granary.Jobs;

/// <summary>Files that are there whole or not at all: written to a temporary name beside their own, flushed, renamed. A symbolic link
/// stays a link: the file that it leads to is written.</summary>
public static class WholeFile
{
    /// <summary>Writes a file, in the place of an older one.</summary>
    /// <param name="path">Its name; it may be one of a store.</param>
    /// <param name="write">Writes its content; called again where a store has to be asked again.</param>
    /// <exception cref="JobException">It cannot be written; nothing is left of it then.</exception>
    /// <exception cref="FileStoreException">The store does not answer.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        if (StoredPath.Is(path))
        {
            FileStores.Of(path).Write(path, write);
            return;
        }

        using var file = new UnfinishedFile(path);
        write(file.Content);
        file.Finish(replace: true);
    }

    /// <summary>Writes a text as UTF-8.</summary>
    /// <inheritdoc cref="Write(string, Action{Stream})" path="/exception"/>
    public static void Write(string path, string text) => Write(path, file => file.Write(System.Text.Encoding.UTF8.GetBytes(text)));
}
