namespace Granary.Jobs;

/// <summary>The store of files that this process can ask. The silo's program has one; the command line has none, and leaves what a stored path leads to to that program.</summary>
public static class FileStores
{
    private static IFileStore? _store;

    /// <summary>Whether there is one.</summary>
    public static bool CanAsk => Volatile.Read(ref _store) is not null;

    /// <summary>Has this process use a store for every stored path (see <see cref="StoredPath"/>).</summary>
    /// <param name="store">The store; null: none any more.</param>
    public static void Use(IFileStore? store) => Volatile.Write(ref _store, store);

    /// <summary>The store that has a path.</summary>
    /// <exception cref="JobException">This process has none.</exception>
    public static IFileStore Of(string path) => Volatile.Read(ref _store)
        ?? throw new JobException($"{path}: this program reads no files of a store. Copy it to a file, or read it with the granary command.");
}
