using System.Diagnostics;
using System.Numerics;
using System.Numerics.Tensors;
using Granary.Contracts;
using Granary.Grains.Channel;
using Granary.Grains.ModelState;
using Granary.Jobs;

namespace Granary.Grains.Exchange;

/// <summary>
/// Turns every member's partial sums into new weights that every member holds. Each block goes through one pipeline at
/// its owner: receive, add in tree order, divide by the batch's weight, (clip,) update, send the new weights on. It reads
/// weights and optimiser state of version t and writes version t + 1 into other memory, so that a step that does not
/// complete leaves version t whole. This member's own sums may still be growing while it runs, on another thread: each block is
/// taken when it is final. With the sums every member tells every other what its shards have put in, so that the
/// ledger survives any of them; now and then the optimiser state of version t goes along to a backup.
/// </summary>
internal sealed unsafe partial class StepExchange<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ExchangeLayout _layout;
    private readonly int _self;
    private readonly long _generation;
    private readonly PeerMesh _mesh;
    private readonly StepContributions _contributions;
    private readonly BlockUpdate<T> _update;
    private readonly GradientClip? _clip;
    private readonly int _firstOwned;
    private readonly int _endOwned;
    private readonly PeerLink?[] _owners; // [block]: who adds it up; null: this member

    // What peers send: their contributions to the blocks of our slice that are not complete yet.
    private readonly BlockBuffers<T> _buffers = new();
    private readonly NativeVector<T>? _averaged;
    private readonly BlockPass<T> _blockPass;
    private readonly Func<bool> _isDone;
    private readonly Action<int, int> _contribute;

    // What every member's shards put into the step.
    private readonly MemberRecords<ShardRecord> _records;

    // One step's state.
    private long _step;
    private int _pass;
    private ModelVersion<T> _from = null!;
    private ModelVersion<T> _to = null!;
    private StateSlice<T>? _replica;
    private double _rate;
    private double[] _contributionWeights = [];
    private nint[] _blocks = []; // one block of every contribution
    private nint[] _received = []; // [block of our slice, contribution]: where it is; 0: it has not come, or is our own
    private OwnSums<T> _own = null!;
    private readonly FinalBlocks<T> _finalBlocks;
    private bool _recordsTaken;
    private readonly int[] _arrived; // [block of our slice]: contributions, our own among them
    private readonly HashSet<(int Peer, FrameKind Kind, int Part, int Block)> _had = [];
    private readonly Queue<int> _complete = new(); // blocks of our slice that our own sums came last for
    private int _ownedUpdated;
    private int _ownedAveraged;
    private int _weightsMissing;
    private int _replicaMissing;

    public StepExchange(
        ExchangeLayout layout, int self, long generation, PeerMesh mesh, BatchPlan batches, BlockUpdate<T> update, double clipNorm)
    {
        _layout = layout;
        _self = self;
        _generation = generation;
        _mesh = mesh;
        _contributions = new StepContributions(layout, batches);
        _isDone = IsDone;
        _update = update;
        (_firstOwned, _endOwned) = layout.Owned(self);
        _arrived = new int[_endOwned - _firstOwned];
        (_finalBlocks, _contribute) = (new FinalBlocks<T>(layout.Cover(self).Count, layout.Blocks), Contribute);
        _owners = new PeerLink?[layout.Blocks.Blocks];
        foreach (var link in mesh.Links)
        {
            var (first, end) = layout.Replicated ? (0, 0) : layout.Owned(link.Peer);
            Array.Fill(_owners, link, first, end - first);
        }

        _clip = clipNorm > 0 ? new GradientClip(clipNorm, layout) : null;
        _averaged = _clip is null ? null : new NativeVector<T>(layout.Blocks.Length((_firstOwned, _endOwned)));
        _blockPass = new BlockPass<T>(layout.Tree.Root.Level, update);
        _records = new MemberRecords<ShardRecord>(layout.Plan, self, r => r.Shard);
    }

    /// <summary>Takes one step: sums in, new weights out. Returns when this member holds all of them.</summary>
    /// <param name="step">The step.</param>
    /// <param name="pass">Which pass of the step: the passes of a step follow each other, as steps do.</param>
    /// <param name="rate">alpha at this step.</param>
    /// <param name="own">This member's partial sums, one per node of its cover, and what its shards say: now or later.</param>
    /// <param name="from">Version t.</param>
    /// <param name="to">Receives version t + 1.</param>
    /// <param name="replica">Receives version t of the state that this member is the backup of; null: nothing is kept.</param>
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
        _pass = pass;
        Begin(step, rate, own, from, to, replica);
        TakeOwn();
        _mesh.Drive(this, _isDone, cancellation);
        _to.HasWeights = _to.HasState = true;
        return _records.All();
    }

    /// <summary>Payload bytes sent to peers so far.</summary>
    public long BytesSent => _mesh.BytesSent;

    /// <summary>The optimiser's part of the last step, and of the averaging what is done together with it.</summary>
    public TimeSpent Updates => _update.TimeSpent;

    /// <summary>Places of the members whose numbers are still missing.</summary>
    public IReadOnlyList<int> WaitingFor() => _records.Missing();

    private void Begin(long step, double rate, OwnSums<T> own, ModelVersion<T> from, ModelVersion<T> to, StateSlice<T>? replica)
    {
        (_step, _rate, _own) = (step, rate, own);
        (_from, _to, _replica) = (from, to, replica);
        _to.Step = step + 1;
        _to.HasWeights = _to.HasState = false;
        _contributions.Turn(step);
        if (_blocks.Length != _contributions.All.Length)
        {
            (_blocks, _contributionWeights) = (new nint[_contributions.All.Length], new double[_contributions.All.Length]);
            _received = new nint[_contributions.All.Length * _arrived.Length];
        }

        _finalBlocks.Begin();
        (_recordsTaken, _mesh.Yields) = (false, true);
        Array.Clear(_arrived);
        _complete.Clear();
        _had.Clear();
        _records.Clear();
        _ownedUpdated = _ownedAveraged = 0;
        _weightsMissing = _layout.Replicated ? 0 : _layout.Blocks.Blocks - (_endOwned - _firstOwned);
        _replicaMissing = replica is null ? 0 : (replica.Blocks.End - replica.Blocks.First) * replica.PerWeight;
        _update.TimeSpent = default;
        _clip?.Begin();
    }

    // What has become final since the last time.
    private void TakeOwn()
    {
        if (_recordsTaken)
        {
            return;
        }

        if (_own.Abandoned)
        {
            throw new OperationCanceledException();
        }

        var records = _own.Records; // asked for first: where they are, all sums are whole
        _finalBlocks.Advance(_own, _contribute);
        if (records is not null)
        {
            SendRecords(records);
            SendState();
            (_recordsTaken, _mesh.Yields) = (true, false);
        }
    }

    private void Contribute(int part, int block)
    {
        if (_owners[block] is { } owner)
        {
            SendSum(owner, part, block);
            return;
        }

        if (_layout.Replicated)
        {
            foreach (var link in _mesh.Links)
            {
                SendSum(link, part, block);
            }
        }

        _contributionWeights[_contributions.PlaceOf(_self, part)] = _own.Weight(part);
        if (Contributed(block))
        {
            _complete.Enqueue(block);
        }
    }

    private void SendSum(PeerLink link, int part, int block) =>
        link.Enqueue(Header(FrameKind.Sum, block) with { Part = part, Weight = _own.Weight(part) }, _own.Data(part) + _layout.Blocks.Start(block));

    private bool Contributed(int block) => ++_arrived[block - _firstOwned] == _contributions.All.Length;

    private void SendRecords(ShardRecord[] records)
    {
        _records.SetOwn(records);
        foreach (var link in _mesh.Links)
        {
            link.Enqueue(Header(FrameKind.Records, 0) with { Length = _records.OwnBytes }, _records.Own);
        }
    }

    // Version t stays as it is until this step is done, and the step is not done before it has been sent: no copy is needed.
    private void SendState()
    {
        if (_replica is null)
        {
            return;
        }

        var link = _mesh.LinkTo(_layout.ReplicaHolderOf(_self));
        for (var b = _firstOwned; b < _endOwned; b++)
        {
            for (var vector = 0; vector < _from.Own.PerWeight; vector++)
            {
                link.Enqueue(Header(FrameKind.State, b) with { Part = vector }, _from.Own.At(vector, b));
            }
        }
    }

    private FrameHeader Header(FrameKind kind, int block) => new()
    {
        Kind = kind,
        Generation = _generation,
        Step = _step,
        Pass = _pass,
        Block = block,
        Length = _layout.Blocks.Length(block) * sizeof(T),
    };

    private void Average(int block)
    {
        var began = Stopwatch.GetTimestamp();
        var length = _layout.Blocks.Length(block);
        var slice = (long)(block - _firstOwned) * BlockPlan.BlockSize;
        for (var i = 0; i < _blocks.Length; i++)
        {
            var (member, part) = _contributions.All[i];
            _blocks[i] = member == _self ? (nint)(_own.Data(part) + _layout.Blocks.Start(block)) : Received(block, i);
        }

        var weight = BlockPass<T>.Weight(_contributions.Program, _contributionWeights);
        _ownedAveraged++;
        if (_clip is null)
        {
            _blockPass.Update(_contributions.Program, _blocks, weight, _step, _rate, block, length, _from, _to);
            Release(block);
            Updated(block, began);
            return;
        }

        var averages = _averaged!.Span(slice, length);
        _blockPass.Average(_contributions.Program, _blocks, weight, _step, averages);
        Release(block);
        _clip.SetBlock(block, GradientClip.SquaredNorm<T>(averages));
        if (_ownedAveraged == _arrived.Length && !_layout.Replicated)
        {
            SendNorms();
        }
    }

    private ref nint Received(int block, int contribution) =>
        ref _received[((block - _firstOwned) * _contributions.All.Length) + contribution];

    private void Release(int block)
    {
        for (var i = 0; i < _blocks.Length; i++)
        {
            ref var received = ref Received(block, i);
            if (received != 0)
            {
                _buffers.Return((T*)received);
                received = 0;
            }
        }
    }

    private void Updated(int block, long began)
    {
        _update.TimeSpent = _update.TimeSpent.With(began);
        _to.HasState = ++_ownedUpdated == _arrived.Length;
        if (!_layout.Replicated)
        {
            foreach (var link in _mesh.Links)
            {
                link.Enqueue(Header(FrameKind.Weights, block), (T*)_to.Weights.Data + _layout.Blocks.Start(block));
            }
        }
    }

    private void SendNorms()
    {
        foreach (var link in _mesh.Links)
        {
            link.Enqueue(
                Header(FrameKind.Norms, _firstOwned) with { Length = _arrived.Length * sizeof(double) }, _clip!.Slot(_firstOwned));
        }
    }

    private void FinishClipping()
    {
        if (_clip is not { Complete: true } || _ownedUpdated == _arrived.Length)
        {
            return;
        }

        var factor = T.CreateChecked(_clip.Factor());
        for (var b = _firstOwned; b < _endOwned; b++)
        {
            var began = Stopwatch.GetTimestamp();
            var gradient = _averaged!.Span((long)(b - _firstOwned) * BlockPlan.BlockSize, _layout.Blocks.Length(b));
            if (factor != T.One)
            {
                TensorPrimitives.Multiply(gradient, factor, gradient);
            }

            _update.Apply(b, 0, _step, _rate, gradient, _from, _to);
            Updated(b, began);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _buffers.Dispose();
        _records.Dispose();
        _averaged?.Dispose();
        _blockPass.Dispose();
        _clip?.Dispose();
    }
}
