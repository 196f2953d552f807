namespace Granary.Jobs;

/// <summary>A folder that is made where it is missing, with those above it; unless it is kept, what was made goes again.</summary>
public sealed class NewFolder : IDisposable
{
    private readonly string[] _made;

    /// <summary>Makes it.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="JobException">It cannot be made.</exception>
    public NewFolder(string path)
    {
        _made = [.. Missing(path)];
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception e) when (FileTrouble.Is(e))
        {
            Dispose();
            throw new JobException($"{path}: the folder cannot be made: {FileTrouble.Reason(e)}.");
        }
    }

    /// <summary>It stays.</summary>
    public void Keep() => Array.Clear(_made);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var folder in _made.OfType<string>())
        {
            try
            {
                Directory.Delete(folder);
            }
            catch (Exception e) when (FileTrouble.Is(e))
            {
                return; // it was never made, or somebody has put something there
            }
        }
    }

    // The innermost first.
    private static IEnumerable<string> Missing(string path)
    {
        for (var at = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)); at is not null && !Directory.Exists(at); at = Path.GetDirectoryName(at))
        {
            yield return at;
        }
    }
}
