using Granary.Contracts;

namespace Granary.Grains.ModelState;

/// <summary>Records of the committed steps that the coordinator has not put into storage yet. Every member has them all, so
/// that the death of a silo loses none.</summary>
internal sealed class RecordLog
{
    private readonly Lock _lock = new();
    private readonly List<StepRecord> _steps = [];
    private readonly List<EvaluationRecord> _evaluations = [];

    /// <summary>A step has been committed.</summary>
    public void Add(StepRecord step)
    {
        lock (_lock)
        {
            _steps.Add(step);
        }
    }

    /// <summary>Held-out losses under the weights after a step.</summary>
    public void Add(IEnumerable<EvaluationRecord> evaluations)
    {
        lock (_lock)
        {
            _evaluations.AddRange(evaluations);
        }
    }

    /// <summary>Records of steps from one on, and of the evaluations of the versions from that one on; at most <paramref name="limit"/> steps.</summary>
    public (IReadOnlyList<StepRecord> Steps, IReadOnlyList<EvaluationRecord> Evaluations) From(long step, int limit)
    {
        lock (_lock)
        {
            var steps = _steps.SkipWhile(s => s.Step < step).Take(limit).ToArray();
            var end = steps.Length == limit ? steps[^1].Step + 1 : long.MaxValue;
            return (steps, [.. _evaluations.Where(e => e.Step >= step && e.Step <= end)]);
        }
    }

    /// <summary>Records of steps before one are in storage.</summary>
    public void Forget(long before)
    {
        lock (_lock)
        {
            _steps.RemoveRange(0, _steps.TakeWhile(s => s.Step < before).Count());
            _evaluations.RemoveAll(e => e.Step < before);
        }
    }

    /// <summary>Steps from one on are to be taken again.</summary>
    public void Rewind(long step)
    {
        lock (_lock)
        {
            _steps.RemoveAll(s => s.Step >= step);
            _evaluations.RemoveAll(e => e.Step > step);
        }
    }
}
