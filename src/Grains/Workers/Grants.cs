using Granary.Contracts;

namespace Granary.Grains.Workers;

/// <summary>The steps that may be taken, as granted so far. One thread gives, another takes.</summary>
/// <param name="from">First step of the generation.</param>
internal sealed class Grants(long from) : IDisposable
{
    private readonly long _first = from;
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _news = new(0);
    private readonly Queue<StepGrant> _given = new();
    private readonly Queue<long> _checkpoints = new();
    private StepGrant _present = new(from, from, 0, null, 0);
    private long _until = from;
    private readonly Dictionary<long, TracedStep> _traced = [];
    private long? _evaluation;

    /// <summary>First step that may not be taken yet.</summary>
    public long Until
    {
        get
        {
            lock (_lock)
            {
                return _until;
            }
        }
    }

    /// <summary>Takes a grant; one that has been given before changes nothing.</summary>
    /// <exception cref="InvalidOperationException">One between has been missed.</exception>
    public void Give(StepGrant grant)
    {
        lock (_lock)
        {
            if (grant.From < _until)
            {
                return;
            }

            if (grant.From > _until)
            {
                throw new InvalidOperationException($"Steps from {grant.From} on were granted, but those from {_until} on were not.");
            }

            _until = grant.Until;
            _given.Enqueue(grant);
            if (grant.Checkpoint is { } step)
            {
                _checkpoints.Enqueue(step);
            }

            if (grant.Evaluate)
            {
                _evaluation = grant.Until;
            }

            foreach (var traced in grant.Traced ?? [])
            {
                _traced[traced.Step] = traced;
            }
        }

        _news.Release();
    }

    /// <summary>Waits for the next grant; false: none has come within the time.</summary>
    public bool Wait(TimeSpan time, CancellationToken cancellation) => _news.Wait(time, cancellation);

    /// <summary>Whether the state of version <paramref name="step"/> goes to its replica while that step is taken.</summary>
    public bool Replicates(long step)
    {
        lock (_lock)
        {
            while (step >= _present.Until && _given.TryDequeue(out var next))
            {
                _present = next;
            }

            return _present.Replicates(step, _first);
        }
    }

    /// <summary>Whether a version is to be written to the checkpoint store. True once.</summary>
    public bool TakeCheckpoint(long step)
    {
        lock (_lock)
        {
            while (_checkpoints.TryPeek(out var first) && first < step)
            {
                _checkpoints.Dequeue();
            }

            return _checkpoints.TryPeek(out var wanted) && wanted == step && _checkpoints.TryDequeue(out _);
        }
    }

    /// <summary>Whether a version is to be evaluated, because the coordinator asked for it. True once.</summary>
    public bool TakeEvaluation(long step)
    {
        lock (_lock)
        {
            var wanted = _evaluation == step;
            _evaluation = wanted ? null : _evaluation;
            return wanted;
        }
    }

    /// <summary>What the coordinator has said of a step that it traces; null: it does not. Said once.</summary>
    public TracedStep? Traced(long step)
    {
        lock (_lock)
        {
            return _traced.Remove(step, out var traced) ? traced : null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _news.Dispose();
}
