using System.Numerics;
using Granary.Grains.Channel;
using Granary.Jobs;

namespace Granary.Grains.Exchange;

/// <summary>The owner's side of the reduce-scatter: collects every worker's sums of the blocks of this worker's slice, and tells which
/// blocks have all of them. They are added along the tree, so that the order in which they arrive does not matter.</summary>
internal sealed unsafe class BlockReducer<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ExchangePass<T> _pass;
    private readonly BlockWire<T> _wire;
    private readonly StepContributions _contributions;
    private readonly BlockBuffers<T> _buffers = new(); // for sums of peers, of blocks that are not complete yet
    private readonly Queue<int> _complete = new(); // blocks that this worker's own sums completed
    private readonly int[] _arrived; // [block of the slice]: contributions so far, this worker's own included
    private double[] _weights = []; // [contribution]: sum of its examples' weights
    private nint[] _terms = []; // [contribution]: address of one block of it
    private nint[] _received = []; // [block of the slice, contribution]: address; 0: not here, or this worker's own

    /// <param name="pass">The pass under way.</param>
    /// <param name="wire">Receives blocks.</param>
    /// <param name="batches">Which examples a step takes: a subtree without any has no sum.</param>
    public BlockReducer(ExchangePass<T> pass, BlockWire<T> wire, BatchPlan batches)
    {
        (_pass, _wire) = (pass, wire);
        _contributions = new StepContributions(pass.Layout, batches);
        _arrived = new int[pass.Owned];
    }

    /// <summary>Blocks of the slice that have been reduced.</summary>
    public int Reduced { get; private set; }

    /// <summary>The additions that reduce a block, see <see cref="SumProgram"/>.</summary>
    public ReadOnlySpan<int> Program => _contributions.Program;

    /// <summary>Sum of the weights of the batch's examples, added in tree order. Known when any block is complete.</summary>
    public double Weight => BlockPass<T>.Weight(_contributions.Program, _weights);

    /// <summary>Begins a pass.</summary>
    public void Begin()
    {
        _contributions.Turn(_pass.Step);
        var count = _contributions.All.Length;
        if (_terms.Length != count)
        {
            (_terms, _weights, _received) = (new nint[count], new double[count], new nint[count * _arrived.Length]);
        }

        Array.Clear(_arrived);
        _complete.Clear();
        Reduced = 0;
    }

    /// <summary>Takes one block of one of this worker's own sums, where it lies.</summary>
    public void AddOwn(int part, int block)
    {
        _weights[_contributions.PlaceOf(_pass.Self, part)] = _pass.Sums.Weight(part);
        if (IsCompletedBy(block))
        {
            _complete.Enqueue(block);
        }
    }

    /// <summary>The next block that was completed by one of this worker's own sums.</summary>
    public bool TryTakeComplete(out int block) => _complete.TryDequeue(out block);

    /// <summary>Room for a peer's sum; 0 where none is expected.</summary>
    public nint Place(int peer, in FrameHeader header)
    {
        if (!_wire.Fits(header, _pass.First, _pass.End) || _contributions.PlaceOf(peer, header.Part) is not (>= 0 and var place))
        {
            return 0;
        }

        var room = _buffers.Rent();
        Received(header.Block, place) = (nint)room;
        return _wire.Place(peer, room);
    }

    /// <summary>A peer's sum is here. Returns whether its block is complete by it.</summary>
    public bool Arrived(int peer, in FrameHeader header)
    {
        _weights[_contributions.PlaceOf(peer, header.Part)] = header.Weight;
        return IsCompletedBy(header.Block);
    }

    /// <summary>Addresses of a complete block in every contribution, in the order that <see cref="Program"/> numbers them.</summary>
    public ReadOnlySpan<nint> Terms(int block)
    {
        for (var i = 0; i < _terms.Length; i++)
        {
            var (member, part) = _contributions.All[i];
            _terms[i] = member == _pass.Self ? (nint)(_pass.Sums.Data(part) + _pass.Layout.Blocks.Start(block)) : Received(block, i);
        }

        return _terms;
    }

    /// <summary>A block has been reduced: the memory of its terms is free again.</summary>
    public void Release(int block)
    {
        Reduced++;
        for (var i = 0; i < _terms.Length; i++)
        {
            ref var received = ref Received(block, i);
            if (received != 0)
            {
                _buffers.Return((T*)received);
                received = 0;
            }
        }
    }

    private bool IsCompletedBy(int block) => ++_arrived[block - _pass.First] == _contributions.All.Length;

    private ref nint Received(int block, int contribution) => ref _received[((block - _pass.First) * _terms.Length) + contribution];

    /// <inheritdoc/>
    public void Dispose() => _buffers.Dispose();
}
