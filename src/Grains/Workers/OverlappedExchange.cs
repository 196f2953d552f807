using System.Numerics;
using Granary.Contracts;
using Granary.Grains.Channel;
using Granary.Grains.Compute;
using Granary.Grains.Exchange;
using Granary.Grains.Telemetry;

namespace Granary.Grains.Workers;

/// <summary>The exchange of a step on a second thread, beside the backward pass, in the steps in which <see cref="OverlapRule"/> says so.</summary>
internal sealed class OverlappedExchange<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly TrainingTask _task;
    private readonly OwnSums<T> _sums;
    private readonly StepExchange<T> _exchange;
    private readonly PeerMesh _mesh;
    private readonly OverlapRule _rule;
    private readonly Action _run;
    private readonly Action _sumsChanged;
    private SideThread? _side;

    // The step's, for the second thread.
    private StepPass<T> _pass;
    private StepTrace? _trace;
    private CancellationToken _cancellation;
    private ShardRecord[] _records = [];
    private int _begun;

    private OverlappedExchange(TrainingTask task, long first, OwnSums<T> sums, StepExchange<T> exchange, PeerMesh mesh)
    {
        (_task, _sums, _exchange, _mesh) = (task, sums, exchange, mesh);
        _rule = new OverlapRule(first);
        (_run, _sumsChanged) = (Run, SumsChanged);
    }

    /// <summary>Null where the exchange cannot gain by it: without a second block to send, or a second worker. Whether a backward pass that
    /// pauses gives the same bits on an accelerator has not been tested.</summary>
    /// <param name="task">This worker's part.</param>
    /// <param name="device">What gradients are computed on.</param>
    /// <param name="first">First step of the generation.</param>
    /// <param name="sums">This worker's gradient sums.</param>
    /// <param name="exchange">Exchanges them.</param>
    /// <param name="mesh">What it exchanges them over.</param>
    public static OverlappedExchange<T>? Create(
        TrainingTask task, string device, long first, OwnSums<T> sums, StepExchange<T> exchange, PeerMesh mesh)
    {
        var mayOverlap = task.Job.Training.Overlap && !task.Layout.Replicated && task.Layout.Plan.Members > 1 && device == "cpu";
        return mayOverlap && mesh.TryMakeWakeable() ? new OverlappedExchange<T>(task, first, sums, exchange, mesh) : null;
    }

    /// <summary>Whether a step's exchange runs beside its backward pass.</summary>
    public bool Includes(long step) => _rule.Overlaps(step);

    /// <summary>A step has taken some time, whichever way. Returns the outcome of the trial that it has ended; null: it has ended none.</summary>
    public OverlapTrial? Took(long step, TimeSpan time) => _rule.Took(step, time.TotalSeconds);

    /// <summary>The exchange begins with the first gradient sum that is final. <see cref="Join"/> or <see cref="Abandon"/> must follow.</summary>
    public void Start(in StepPass<T> pass, StepTrace? trace, CancellationToken cancellation)
    {
        _side ??= new SideThread($"{_task.Job.Name} exchange");
        (_pass, _trace, _cancellation, _begun) = (pass, trace, cancellation, 0);
        _sums.Changed = _sumsChanged;
    }

    /// <summary>All sums are final: waits for the end of the exchange.</summary>
    /// <returns>What every shard put in.</returns>
    public ShardRecord[] Join()
    {
        _sums.Changed = null;
        _side!.Join();
        return _records;
    }

    /// <summary>The backward pass has failed: ends the exchange, whose own failure is of no interest then.</summary>
    public void Abandon()
    {
        if (_begun > 0)
        {
            _sums.Abandon();
            _side!.Wait();
        }

        _sums.Changed = null;
    }

    // On whichever thread computes. The exchange has nothing to do before there is something to send.
    private void SumsChanged()
    {
        if (Interlocked.Exchange(ref _begun, 1) == 0)
        {
            _side!.Begin(_run);
        }
        else
        {
            _mesh.Wake();
        }
    }

    private void Run()
    {
        using (_trace?.Part(Spans.ReduceScatter))
        {
            _exchange.Begin(_pass.Step, pass: 0, _pass.Rate, _sums, _pass.From, _pass.To, _pass.Replica);
            _exchange.ReduceScatter(_cancellation);
        }

        _exchange.Update(_cancellation);
        using (_trace?.Part(Spans.AllGather))
        {
            _records = _exchange.AllGather(_cancellation);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _side?.Dispose();
}
