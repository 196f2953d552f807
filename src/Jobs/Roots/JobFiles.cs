namespace Granary.Jobs;

/// <summary>Files that a job names, opened by the rule of this process (<see cref="PathRule.Current"/>). Whatever reads such a file opens it here.</summary>
public static class JobFiles
{
    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="buffer">Bytes that are read at a time.</param>
    /// <param name="end">Where whoever reads it will probably stop: of a file of a store, nothing beyond is read ahead; null: at its end.</param>
    /// <returns>A stream that can be sought in, unless the file is a pipe.</returns>
    /// <exception cref="JobException">It may not be read.</exception>
    /// <exception cref="IOException">It is not there, or cannot be read.</exception>
    public static Stream OpenRead(string path, int buffer = 4096, long? end = null) =>
        StoredPath.Is(path) ? FileStores.Of(path).OpenRead(Stored(path), end) : PathRule.Current.OpenRead(path, buffer);

    /// <summary>Bytes of a file.</summary>
    /// <inheritdoc cref="OpenRead" path="/exception"/>
    public static long Length(string path) => StoredPath.Is(path) ? Stored(path).Length : new FileInfo(path).Length;

    private static StoredFile Stored(string path) => PathRule.Current.ReadRefusal(path) is { } refusal ? throw new JobException(refusal)
        : FileStores.Of(path).Find(path) ?? throw new FileNotFoundException($"there is no file {path}.");

    /// <summary>The whole of a text.</summary>
    /// <inheritdoc cref="OpenRead" path="/exception"/>
    public static string ReadAllText(string path)
    {
        using var reader = new StreamReader(OpenRead(path));
        return reader.ReadToEnd();
    }
}
