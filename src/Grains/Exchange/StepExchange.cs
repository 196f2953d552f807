using System.Numerics;
using Granary.Contracts;
using Granary.Grains.Channel;
using Granary.Grains.ModelState;
using Granary.Jobs;

namespace Granary.Grains.Exchange;

/// <summary>
/// Turns every worker's gradient sums into new weights that every worker holds, by reduce-scatter, update and all-gather. A block does
/// not wait for the others: it goes on to the next phase as soon as it can, and a phase is over when all blocks are through it.
/// Weights and optimiser state of version t are read, and version t + 1 is written to other memory, so that a step that does not
/// complete leaves version t whole. This worker's sums may still be growing on another thread: each block is taken when it is final.
/// With the sums go the shards' records, and in some steps the optimiser state to its replica.
/// </summary>
internal sealed class StepExchange<T> : IFrameSink, IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly PeerMesh _mesh;
    private readonly ExchangePass<T> _pass;
    private readonly BlockWire<T> _wire;
    private readonly BlockReducer<T> _reducer;
    private readonly SumSender<T> _sums;
    private readonly SliceUpdater<T> _updater;
    private readonly SliceClipper<T>? _clipper;
    private readonly WeightGatherer<T> _weights;
    private readonly RecordGatherer<T> _records;
    private readonly StateReplicator<T> _replicator;
    private readonly FrameRouter<T> _router;
    private Phase _until;
    private bool _allSent; // this worker's sums and records

    public StepExchange(
        ExchangeLayout layout, int self, long generation, PeerMesh mesh, BatchPlan batches, BlockUpdate<T> update, double clipNorm)
    {
        _mesh = mesh;
        _pass = new ExchangePass<T>(layout, self, generation);
        _wire = new BlockWire<T>(_pass, mesh);
        _reducer = new BlockReducer<T>(_pass, _wire, batches);
        _sums = new SumSender<T>(_pass, mesh, _wire, _reducer);
        _updater = new SliceUpdater<T>(_pass, _reducer, update);
        _clipper = clipNorm > 0 ? new SliceClipper<T>(_pass, mesh, _reducer, _updater, clipNorm) : null;
        _weights = new WeightGatherer<T>(_pass, _wire);
        _records = new RecordGatherer<T>(_pass, mesh);
        _replicator = new StateReplicator<T>(_pass, mesh, _wire);
        _router = new FrameRouter<T>(_pass, _wire, _reducer, _clipper, _weights, _records, _replicator);
    }

    private enum Phase { ReduceScatter, Update, AllGather }

    /// <summary>Payload bytes sent to peers so far.</summary>
    public long BytesSent => _mesh.BytesSent;

    /// <summary>Stopwatch ticks that it has waited for peers so far.</summary>
    public long WaitedTicks => _mesh.Waited;

    /// <summary>The optimiser's part of the last pass, and of the averaging what is done together with it.</summary>
    public TimeSpent Updates => _updater.Spent;

    /// <summary>The norm of the last pass's averaged gradient before it was clipped, the same bits on every worker; null: the job does not
    /// clip, and nothing is computed for this.</summary>
    public double? GradientNorm => _clipper?.Norm;

    /// <summary>Ranks of the workers whose numbers are still missing.</summary>
    public IReadOnlyList<int> WaitingFor() => _records.Missing();

    /// <summary>All of a pass: sums in, new weights out. Returns when this worker holds all of them.</summary>
    /// <param name="step">The step.</param>
    /// <param name="pass">Which pass of the step: the passes of a step follow each other, as steps do.</param>
    /// <param name="rate">alpha at this step.</param>
    /// <param name="own">This worker's partial sums, one per node of its cover, and its shards' records: now or later.</param>
    /// <param name="from">Version t.</param>
    /// <param name="to">Receives version t + 1.</param>
    /// <param name="replica">Receives version t of the state that this worker holds a replica of; null: nothing is replicated.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>What every shard put in.</returns>
    /// <exception cref="ChannelException">A peer is lost.</exception>
    /// <exception cref="NonFiniteException">The averaged gradient is not finite.</exception>
    /// <exception cref="OperationCanceledException">It was told to stop, or the sums have been abandoned.</exception>
    /// <remarks>After an exception peers have had a part of the step, and nothing but disposing of it and of the mesh may follow.</remarks>
    public ShardRecord[] Run(
        long step, int pass, double rate, OwnSums<T> own, ModelVersion<T> from, ModelVersion<T> to,
        StateSlice<T>? replica, CancellationToken cancellation)
    {
        Begin(step, pass, rate, own, from, to, replica);
        ReduceScatter(cancellation);
        Update(cancellation);
        return AllGather(cancellation);
    }

    /// <summary>Begins a pass; see <see cref="Run"/>. The three phases must follow.</summary>
    public void Begin(
        long step, int pass, double rate, OwnSums<T> own, ModelVersion<T> from, ModelVersion<T> to, StateSlice<T>? replica)
    {
        _pass.Begin(step, pass, rate, own, from, to);
        _wire.Begin();
        _reducer.Begin();
        _sums.Begin();
        _updater.Begin();
        _clipper?.Begin();
        _weights.Begin();
        _records.Begin();
        _replicator.Begin(replica);
        _router.Begin();
        (_allSent, _mesh.Yields) = (false, true);
        SendOwn();
    }

    /// <summary>Until this worker's sums are on their way and every block of its slice has been summed.</summary>
    public void ReduceScatter(CancellationToken cancellation) => RunUntil(Phase.ReduceScatter, cancellation);

    /// <summary>Until every block of this worker's slice has been updated.</summary>
    public void Update(CancellationToken cancellation) => RunUntil(Phase.Update, cancellation);

    /// <summary>Until this worker holds all new weights and every record, and has sent what others wait for.</summary>
    /// <returns>What every shard put in.</returns>
    public ShardRecord[] AllGather(CancellationToken cancellation)
    {
        RunUntil(Phase.AllGather, cancellation);
        _pass.To.HasWeights = _pass.To.HasState = true;
        return _records.All();
    }

    private void RunUntil(Phase phase, CancellationToken cancellation)
    {
        _until = phase;
        if (!IsDone)
        {
            _mesh.Drive(this, cancellation);
        }
    }

    /// <inheritdoc/>
    public bool IsDone => _until switch
    {
        Phase.ReduceScatter => _allSent && _reducer.Reduced == _pass.Owned,
        Phase.Update => _updater.Updated == _pass.Owned,
        _ => _weights.IsComplete && _records.IsComplete && _replicator.IsComplete && !_mesh.HasOutgoing,
    };

    /// <inheritdoc/>
    /// <remarks>One block at a time: what others wait for is sent before the next.</remarks>
    public bool Work()
    {
        SendOwn();
        if (!_reducer.TryTakeComplete(out var block))
        {
            return false;
        }

        Finish(block);
        return true;
    }

    /// <inheritdoc/>
    public nint Place(int peer, in FrameHeader header) => _router.Place(peer, header);

    /// <inheritdoc/>
    public void Arrived(int peer, in FrameHeader header)
    {
        if (_router.Arrived(peer, header))
        {
            Finish(header.Block); // while it lies in the cache
        }
        else
        {
            FinishClipped();
        }
    }

    // What has become final since the last time.
    private void SendOwn()
    {
        if (_allSent)
        {
            return;
        }

        if (_pass.Sums.Abandoned)
        {
            throw new OperationCanceledException();
        }

        var records = _pass.Sums.Records; // read first: once they are there, all sums are final
        _sums.SendFinal();
        if (records is not null)
        {
            _records.Send(records);
            _replicator.Send();
            (_allSent, _mesh.Yields) = (true, false);
        }
    }

    // All terms of a block of this worker's slice are here.
    private void Finish(int block)
    {
        if (_clipper is null)
        {
            _updater.AverageAndUpdate(block);
            _weights.Send(block);
        }
        else
        {
            _clipper.Average(block);
            FinishClipped();
        }
    }

    private void FinishClipped()
    {
        if (_clipper is not { IsDue: true } clipper)
        {
            return;
        }

        var factor = clipper.Factor;
        for (var block = _pass.First; block < _pass.End; block++)
        {
            clipper.Update(block, factor);
            _weights.Send(block);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _wire.Dispose();
        _reducer.Dispose();
        _updater.Dispose();
        _clipper?.Dispose();
        _records.Dispose();
    }
}
