using System.Diagnostics;

namespace Granary.Grains.Telemetry;

/// <summary>The trace of how a generation comes about: a root named for the reason ("start", "recovery", "resize" or "resume"), and below
/// it one phase after the other, up to the first step that is new.</summary>
internal sealed class FormationTrace
{
    private readonly Activity _root;

    private FormationTrace(Activity root) => _root = root;

    /// <summary>Begins it; null: nobody listens, or the sampler leaves it out.</summary>
    /// <param name="reason">Why a generation is formed.</param>
    /// <param name="job">The job.</param>
    /// <param name="generation">The generation that is to be formed.</param>
    /// <param name="began">When what it is formed for happened.</param>
    /// <param name="cause">The cause of a recovery, in a word or two.</param>
    public static FormationTrace? Begin(string reason, string job, long generation, DateTimeOffset began, string? cause = null)
    {
        if (RootSpan.Begin(reason, trace: null, began) is not { } root)
        {
            return null;
        }

        root.SetTag("job", job).SetTag("generation", generation);
        return new FormationTrace(cause is null ? root : root.SetTag("cause", cause));
    }

    /// <summary>The root.</summary>
    public ActivityContext Context => _root.Context;

    /// <summary>The phase under way: calls to workers are made below it.</summary>
    public Activity? Phase { get; private set; }

    /// <summary>A phase that is over, and whose end nobody could see.</summary>
    public void Past(string phase, DateTimeOffset began, DateTimeOffset ended) => Spans.Past(phase, _root.Context, began, ended);

    /// <summary>Another phase begins. The same again changes nothing.</summary>
    public void Enter(string phase)
    {
        if (Phase?.OperationName == phase)
        {
            return;
        }

        EndPhase(null);
        var around = Activity.Current;
        Phase = Spans.Begin(phase, _root.Context);
        Activity.Current = around;
    }

    /// <summary>It is over.</summary>
    /// <param name="failure">Why nothing came of it; null: something did.</param>
    public void End(string? failure)
    {
        EndPhase(failure);
        Spans.End(_root, DateTimeOffset.UtcNow, failure);
    }

    private void EndPhase(string? failure)
    {
        if (Phase is { } phase)
        {
            Spans.End(phase, DateTimeOffset.UtcNow, failure);
        }

        Phase = null;
    }
}
