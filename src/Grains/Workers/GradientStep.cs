using System.Diagnostics;
using System.Numerics;
using Granary.Contracts;
using Granary.Grains.Channel;
using Granary.Grains.Compute;
using Granary.Grains.Exchange;
using Granary.Grains.ModelState;
using Granary.Grains.Telemetry;
using Granary.Jobs;

namespace Granary.Grains.Workers;

/// <summary>A step along the gradient: the sums of this member's shards are computed, and all members' are exchanged, afterwards or,
/// where that is faster, by a second thread while the last layers' are final and the first layers' are still being computed. Both come to
/// the same bits.</summary>
internal sealed class GradientStep<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly TrainingTask _task;
    private readonly GradientWork<T> _work;
    private readonly StepExchange<T> _exchange;
    private readonly PeerMesh _mesh;
    private readonly OverlapRule? _rule;
    private readonly Action<OverlapTrial> _tried;
    private readonly Action _exchangeNow;
    private readonly Action _sumsChanged;
    private SideThread? _side;

    // The step's, for the second thread.
    private (long Step, double Rate, ModelVersion<T> From, ModelVersion<T> To, StateSlice<T>? Replica, CancellationToken Cancellation) _present;
    private ShardRecord[] _records = [];
    private int _begun;

    /// <param name="task">This member's part.</param>
    /// <param name="device">What the sums are computed on.</param>
    /// <param name="first">First step of the generation.</param>
    /// <param name="work">Computes the sums.</param>
    /// <param name="exchange">Exchanges them.</param>
    /// <param name="mesh">What it exchanges them over.</param>
    /// <param name="tried">Told when it has been found out which of the ways is faster.</param>
    public GradientStep(
        TrainingTask task, string device, long first, GradientWork<T> work, StepExchange<T> exchange, PeerMesh mesh, Action<OverlapTrial> tried)
    {
        (_task, _work, _exchange, _mesh, _tried) = (task, work, exchange, mesh, tried);
        _rule = MayOverlap(task, device) && mesh.TryMakeWakeable() ? new OverlapRule(first) : null;
        _exchangeNow = ExchangeNow;
        _sumsChanged = SumsChanged;
    }

    /// <summary>Ticks that the last step has spent on sums.</summary>
    public long ComputeTicks { get; private set; }

    /// <summary>Takes a step: reads version t, writes version t + 1.</summary>
    /// <param name="step">The step.</param>
    /// <param name="from">Version t.</param>
    /// <param name="to">Receives version t + 1.</param>
    /// <param name="replica">See <see cref="StepExchange{T}.Run"/>.</param>
    /// <param name="trace">The step's trace.</param>
    /// <param name="computed">Called when the sums are there.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>What every shard put in, and what those of this member did.</returns>
    /// <exception cref="ChannelException">A peer is lost.</exception>
    /// <exception cref="NonFiniteException">A loss, a gradient or a weight is not finite.</exception>
    public (ShardRecord[] Records, ShardRecord[] Own) Run(
        long step, ModelVersion<T> from, ModelVersion<T> to, StateSlice<T>? replica, StepTrace? trace, Action computed, CancellationToken cancellation)
    {
        var overlaps = _rule?.Overlaps(step) == true;
        _present = (step, LearningRate.At(_task.Job.Training, step, _task.Batches.StepsPerEpoch), from, to, replica, cancellation);
        var began = Stopwatch.GetTimestamp();
        var own = overlaps ? Beside(step, from, trace, computed) : After(step, from, trace, computed);
        trace?.Updated(_exchange.Updates);
        if (_rule?.Took(step, Stopwatch.GetElapsedTime(began).TotalSeconds) is { } trial)
        {
            _tried(trial);
        }

        return (_records, own);
    }

    // Without a second block to send, or a second member, there is nothing to gain. Whether a pass that pauses comes to the same bits on
    // an accelerator has not been seen yet.
    private static bool MayOverlap(TrainingTask task, string device) =>
        task.Job.Training.Overlap && !task.Layout.Replicated && task.Layout.Plan.Members > 1 && device == "cpu";

    private ShardRecord[] After(long step, ModelVersion<T> from, StepTrace? trace, Action computed)
    {
        var own = Sum(step, from, trace, computed, early: false);
        ExchangeNow();
        return own;
    }

    private ShardRecord[] Beside(long step, ModelVersion<T> from, StepTrace? trace, Action computed)
    {
        _side ??= new SideThread($"{_task.Job.Name} exchange");
        _begun = 0;
        _work.Sums.Changed = _sumsChanged;
        ShardRecord[] own;
        try
        {
            own = Sum(step, from, trace, computed, early: true);
        }
        catch
        {
            LetGo();
            throw;
        }
        finally
        {
            _work.Sums.Changed = null;
        }

        _side.Join();
        return own;
    }

    private ShardRecord[] Sum(long step, ModelVersion<T> from, StepTrace? trace, Action computed, bool early)
    {
        var began = Stopwatch.GetTimestamp();
        var own = _work.Sum(step, from.Weights, trace?.Compute, early);
        ComputeTicks = Stopwatch.GetTimestamp() - began;
        trace?.Computed(early);
        computed();
        return own;
    }

    // On whichever thread computes. The exchange has nothing to do before there is something to send.
    private void SumsChanged()
    {
        if (Interlocked.Exchange(ref _begun, 1) == 0)
        {
            _side!.Begin(_exchangeNow);
        }
        else
        {
            _mesh.Wake();
        }
    }

    private void ExchangeNow()
    {
        var (step, rate, from, to, replica, cancellation) = _present;
        _records = _exchange.Run(step, 0, rate, _work.Sums, from, to, replica, cancellation);
    }

    // The second thread must be through with everything before anything of the step is let go. Of what it has met, the step's own
    // failure says more.
    private void LetGo()
    {
        if (_begun > 0)
        {
            _work.Sums.Abandon();
            _side!.Wait();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _side?.Dispose();
}
