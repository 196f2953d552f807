using System.Diagnostics;
using Orleans.Storage;

namespace Granary.Grains.Coordination;

/// <summary>Puts a grain's state into storage. A storage that fails for a while is waited for where that is right, in this place alone;
/// one that says that another activation has written never is.</summary>
/// <param name="kept">The state.</param>
/// <param name="store">What messages call the storage.</param>
/// <param name="complete">Brings into the state what it must be stored together with, just before it is.</param>
/// <param name="mark">How far a state has come.</param>
/// <param name="failing">Told why it could not be stored: once, until it can be again.</param>
/// <param name="back">Told for how long it could not be stored, when it can be again.</param>
internal sealed class StateKeeper<T>(
    IPersistentState<T> kept, string store, Action<T> complete, Func<T, long> mark, Action<string> failing, Action<TimeSpan> back)
{
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(1);

    // One at a time: two writes side by side would look like two activations to the storage.
    private readonly SemaphoreSlim _saving = new(1);
    private readonly Stopwatch _since = Stopwatch.StartNew();
    private long? _began;
    private long _failedAt;

    /// <summary>Why it cannot be stored just now; null: it can.</summary>
    public string? Failing { get; private set; }

    /// <summary>How far the stored state had come.</summary>
    public long Stored { get; private set; } = mark(kept.State);

    /// <summary>For how long the storage has not answered; 0: nothing is being stored.</summary>
    public TimeSpan Storing => _began is { } began ? Stopwatch.GetElapsedTime(began) : TimeSpan.Zero;

    /// <summary>Since the last try.</summary>
    public TimeSpan Age => _since.Elapsed;

    /// <summary>The state has gone back: what was stored beyond it is to be done, and stored, again.</summary>
    public void Rewind() => Stored = Math.Min(Stored, mark(kept.State));

    /// <summary>Stores it, or throws: the caller asks again.</summary>
    /// <exception cref="InconsistentStateException">Another activation has taken over.</exception>
    /// <exception cref="OrleansException">The storage fails.</exception>
    public async Task Save()
    {
        await _saving.WaitAsync();
        try
        {
            complete(kept.State);
            var written = mark(kept.State);
            _began = Stopwatch.GetTimestamp();
            await kept.WriteStateAsync();
            Stored = Math.Min(written, mark(kept.State)); // it may have gone back meanwhile
            if (Failing is not null)
            {
                Failing = null;
                back(Stopwatch.GetElapsedTime(_failedAt));
            }
        }
        finally
        {
            _began = null;
            _since.Restart();
            _saving.Release();
        }
    }

    /// <summary>Stores it if the storage does not fail just now. Returns whether it did.</summary>
    /// <exception cref="InconsistentStateException">Another activation has taken over.</exception>
    public async Task<bool> TrySave()
    {
        try
        {
            await Save();
            return true;
        }
        catch (Exception e) when (e is OrleansException and not InconsistentStateException)
        {
            var before = Failing;
            Failing = $"the state could not be stored in {store}: {e.GetBaseException().Message}"; // Orleans wraps it into pages of text
            if (before is null)
            {
                _failedAt = Stopwatch.GetTimestamp();
                failing(Failing);
            }

            return false;
        }
    }

    /// <summary>Stores it, however long the storage fails.</summary>
    /// <param name="ended">The activation's end.</param>
    /// <exception cref="InconsistentStateException">Another activation has taken over.</exception>
    public async Task SaveForCertain(CancellationToken ended)
    {
        while (!await TrySave())
        {
            await Task.Delay(AskAgain, ended);
        }
    }
}
