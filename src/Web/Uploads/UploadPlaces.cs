namespace Granary.Web.Uploads;

/// <summary>How many uploads a server takes at once: so many of all callers, and few of each, so that one who sends slowly keeps nobody else from theirs. The others wait.</summary>
internal sealed class UploadPlaces : IDisposable
{
    /// <summary>Of all callers. Each has a chunk of memory.</summary>
    public const int Most = 32;

    /// <summary>Of one.</summary>
    public const int OfEach = 4;

    /// <summary>Of one, those that wait among them: connections are bounded too, and others need some.</summary>
    public const int MostOfEach = 64;

    private readonly SemaphoreSlim _all = new(Most);
    private readonly Dictionary<string, Own> _callers = [];

    private sealed class Own : IDisposable
    {
        public SemaphoreSlim Room { get; } = new(OfEach);

        public int Users { get; set; }

        public void Dispose() => Room.Dispose();
    }

    /// <summary>Waits for a place, and has it while something is done.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="action">What is done.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public async Task<T> Within<T>(string caller, Func<Task<T>> action, CancellationToken cancellation)
    {
        var own = Enter(caller);
        try
        {
            await own.Room.WaitAsync(cancellation); // before those of all: whoever waits for themselves has none of these
            try
            {
                await _all.WaitAsync(cancellation);
                try
                {
                    return await action();
                }
                finally
                {
                    _all.Release();
                }
            }
            finally
            {
                own.Room.Release();
            }
        }
        finally
        {
            Leave(caller, own);
        }
    }

    private Own Enter(string caller)
    {
        lock (_callers)
        {
            if (!_callers.TryGetValue(caller, out var own))
            {
                _callers[caller] = own = new Own();
            }

            if (own.Users >= MostOfEach)
            {
                throw new TooManyUploadsException();
            }

            own.Users++;
            return own;
        }
    }

    // Callers come and go: those who are gone are forgotten.
    private void Leave(string caller, Own own)
    {
        lock (_callers)
        {
            if (--own.Users == 0)
            {
                _callers.Remove(caller);
                own.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _all.Dispose();
}

/// <summary>A caller has too many uploads that wait.</summary>
internal sealed class TooManyUploadsException() : Exception($"{UploadPlaces.MostOfEach} of your uploads are under way or wait already. Wait for some to end.");
