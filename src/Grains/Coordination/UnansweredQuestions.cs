namespace Granary.Grains.Coordination;

/// <summary>Questions that a silo has left unanswered, one after the other. That it is silent is told by their number and by the time together: of the time alone much passes at once where
/// whoever asks was frozen, and of questions that fail at once many do. Plain rules.</summary>
/// <param name="time">The clock.</param>
internal sealed class UnansweredQuestions(TimeProvider time)
{
    private int _count;
    private long _since;

    /// <summary>It has answered.</summary>
    public void Answered() => _count = 0;

    /// <summary>It has left a question unanswered.</summary>
    /// <param name="asked">When it was asked, as the clock's timestamp.</param>
    public void Missed(long asked)
    {
        if (_count++ == 0)
        {
            _since = asked;
        }
    }

    /// <summary>Whether these are so many, and the first was asked so long ago.</summary>
    public bool Are(int least, TimeSpan longest) => _count >= least && time.GetElapsedTime(_since) >= longest;
}
