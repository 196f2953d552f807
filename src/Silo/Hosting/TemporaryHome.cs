namespace Granary.Silo.Hosting;

/// <summary>The home of a private cluster, which whoever started it removes at its end, unless it was killed: then the last of
/// its silos does. Every silo holds a shared lock on a file there while it lives; a lock ends with its process, however that ends.</summary>
internal sealed class TemporaryHome : IDisposable
{
    // Whoever makes such a home writes its own path into this file: no other folder has that, not even a copy.
    private const string Mark = ".granary-temporary-home";

    private const int Tries = 5;
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(50);

    private readonly string _home;
    private readonly FileStream _living;
    private volatile bool _orphaned;

    /// <summary>Whether a folder was made to be removed.</summary>
    public static bool IsMarked(string home)
    {
        var file = Path.Combine(home, Mark);
        return File.Exists(file) && File.ReadAllText(file) == home;
    }

    public TemporaryHome(string home)
    {
        _home = home;
        _living = new FileStream(Path.Combine(home, "living.lock"), FileMode.OpenOrCreate, FileAccess.Read, FileShare.Read);
    }

    /// <summary>Called when the starting process is gone: then the last silo removes the folder.</summary>
    public void Orphan() => _orphaned = true;

    /// <summary>Ends this silo's use of the folder; removes it if it is orphaned and no other silo uses it.</summary>
    public void Dispose()
    {
        _living.Dispose();
        for (var i = 0; i < Tries && _orphaned && Directory.Exists(_home); i++)
        {
            try
            {
                using var alone = new FileStream(_living.Name, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                Directory.Delete(_home, recursive: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Thread.Sleep(BetweenTries); // another silo uses it, and may be about to end at the same moment
            }
        }
    }
}
