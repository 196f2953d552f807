namespace Granary.Grains.Coordination;

/// <summary>Tells an answer that takes long from one that will not come, from what the silo that was asked says meanwhile. Plain rules.</summary>
internal sealed class AnswerWatch
{
    /// <summary>So many looks without any answer, one after the other, tell that the silo cannot be reached.</summary>
    public const int SilentLooks = 4;

    /// <summary>So many looks, one after the other, at which it works at no call tell that the call or its answer was lost. Messages of two silos keep their order, so that one would do.</summary>
    public const int IdleLooks = 3;

    private int _silent;
    private int _idle;

    /// <summary>Looks once. Returns what is wrong with the silo, for people, after its name; null: nothing so far.</summary>
    /// <param name="answered">Whether it has answered the question that came with this look.</param>
    /// <param name="calls">At how many calls it works; null: it has not said so.</param>
    public string? Look(bool answered, int? calls)
    {
        (_silent, _idle) = !answered ? (_silent + 1, _idle) : calls == 0 ? (0, _idle + 1) : (0, 0);
        return _silent >= SilentLooks ? "does not answer, though the cluster knows it to be alive"
            : _idle >= IdleLooks ? "has done what it was asked for, or was never asked: a message was lost on the way"
            : null;
    }
}
