using System.Diagnostics;

namespace Granary.Grains.Workers;

/// <summary>What a worker's training thread does.</summary>
internal enum PhaseKind { Start, Restore, Idle, Compute, Exchange, Evaluate, EvaluationExchange }

/// <summary>What a worker's training thread is doing, and since when. That thread sets it; others read it.</summary>
internal sealed class WorkerPhase
{
    private volatile Entered _now = new(PhaseKind.Start);

    /// <summary>The phase, and the timestamp of its beginning.</summary>
    public (PhaseKind Kind, long Since) Now
    {
        get
        {
            var now = _now;
            return (now.Kind, now.Since);
        }
    }

    /// <summary>Enters a phase.</summary>
    public void Enter(PhaseKind kind) => _now = new Entered(kind);

    private sealed record Entered(PhaseKind Kind)
    {
        public long Since { get; } = Stopwatch.GetTimestamp();
    }
}
