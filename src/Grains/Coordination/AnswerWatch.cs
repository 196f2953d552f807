namespace Granary.Grains.Coordination;

/// <summary>Tells an answer that takes long from one that will not come, from what the silo that was asked says meanwhile. Plain rules.</summary>
/// <param name="time">The clock.</param>
internal sealed class AnswerWatch(TimeProvider time)
{
    /// <summary>So many looks without any answer, one after the other, tell that the silo cannot be reached, where they have taken as much time as goes with them.</summary>
    public const int SilentLooks = 4;

    /// <summary>So many looks, one after the other, at which it works at no call tell that the call or its answer was lost. Messages of two silos nearly always keep their order, so that one would nearly always do.</summary>
    public const int IdleLooks = 3;

    private readonly UnansweredQuestions _unanswered = new(time);
    private int _idle;

    /// <summary>Looks once. Returns what is wrong with the silo, for people, after its name; null: nothing so far.</summary>
    /// <param name="asked">When the question that came with this look was asked, as the clock's timestamp.</param>
    /// <param name="answered">Whether it has answered it.</param>
    /// <param name="calls">At how many calls it works; null: it has not said so.</param>
    /// <param name="silence">How long silent silos are waited for.</param>
    public string? Look(long asked, bool answered, int? calls, TimeSpan silence)
    {
        if (answered)
        {
            _unanswered.Answered();
            _idle = calls == 0 ? _idle + 1 : 0;
        }
        else
        {
            _unanswered.Missed(asked);
        }

        return _unanswered.Are(SilentLooks, silence) ? "does not answer"
            : _idle >= IdleLooks ? "has done what it was asked for, or was never asked: a message was lost on the way"
            : null;
    }
}
