namespace Granary.Grains.Coordination;

/// <summary>Tells an answer that takes long from one that will not come, from what the silo that was asked says meanwhile. Plain rules.</summary>
/// <param name="time">The clock.</param>
internal sealed class AnswerWatch(TimeProvider time)
{
    /// <summary>So many looks without any answer, one after the other, and as much time as goes with them, tell that the silo cannot be reached. Time alone would not do: whoever looks may have been frozen meanwhile.</summary>
    public const int SilentLooks = 4;

    /// <summary>So many looks, one after the other, at which it works at no call tell that the call or its answer was lost. Messages of two silos nearly always keep their order, so that one would nearly always do.</summary>
    public const int IdleLooks = 3;

    private int _silent;
    private int _idle;
    private long _silentSince;

    /// <summary>Looks once. Returns what is wrong with the silo, for people, after its name; null: nothing so far.</summary>
    /// <param name="answered">Whether it has answered the question that came with this look.</param>
    /// <param name="calls">At how many calls it works; null: it has not said so.</param>
    /// <param name="silence">How long silent silos are waited for.</param>
    public string? Look(bool answered, int? calls, TimeSpan silence)
    {
        if (answered)
        {
            (_silent, _idle) = (0, calls == 0 ? _idle + 1 : 0);
        }
        else if (_silent++ == 0)
        {
            _silentSince = time.GetTimestamp();
        }

        return _silent >= SilentLooks && time.GetElapsedTime(_silentSince) >= silence ? "does not answer"
            : _idle >= IdleLooks ? "has done what it was asked for, or was never asked: a message was lost on the way"
            : null;
    }
}
