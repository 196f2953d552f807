namespace Granary.Jobs;

/// <summary>Files that a job names, opened by the rule of this process (<see cref="PathRule.Current"/>). Whatever reads such a file opens it here.</summary>
public static class JobFiles
{
    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="buffer">Bytes that are read at a time.</param>
    /// <exception cref="JobException">It may not be read.</exception>
    /// <exception cref="IOException">It is not there, or cannot be read.</exception>
    public static FileStream OpenRead(string path, int buffer = 4096) => PathRule.Current.OpenRead(path, buffer);

    /// <summary>The whole of a text.</summary>
    /// <inheritdoc cref="OpenRead" path="/exception"/>
    public static string ReadAllText(string path)
    {
        using var reader = new StreamReader(OpenRead(path));
        return reader.ReadToEnd();
    }
}
