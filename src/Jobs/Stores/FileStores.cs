using System.Collections.Immutable;

namespace Granary.Jobs;

/// <summary>The store of files that this process can ask. The silo's program has one; the command line has none, and leaves what a stored path leads to to that program.</summary>
public static class FileStores
{
    // The newest is asked. A process that hosts several silos may end them in any order.
    private static ImmutableList<IFileStore> _used = [];

    /// <summary>Whether there is one.</summary>
    public static bool CanAsk => !Volatile.Read(ref _used).IsEmpty;

    /// <summary>Has this process use a store for every stored path (see <see cref="StoredPath"/>), until what this returns is disposed.</summary>
    /// <param name="store">The store. It is the caller's to dispose, afterwards.</param>
    /// <returns>Disposed, it takes the store back; the one that was used before it is used again.</returns>
    public static IDisposable Use(IFileStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        ImmutableInterlocked.Update(ref _used, (used, one) => used.Add(one), store);
        return new Usage(store);
    }

    /// <summary>The store that has a path.</summary>
    /// <exception cref="JobException">This process has none.</exception>
    public static IFileStore Of(string path) => Volatile.Read(ref _used) is [.., var newest]
        ? newest
        : throw new JobException($"{path}: this program reads no files of a store. Copy it to a file, or read it with the granary command.");

    private sealed class Usage(IFileStore store) : IDisposable
    {
        private int _disposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
            {
                ImmutableInterlocked.Update(ref _used, (used, one) => used.RemoveAt(used.FindLastIndex(u => ReferenceEquals(u, one))), store);
            }
        }
    }
}
