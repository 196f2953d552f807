using System.Diagnostics;
using System.Numerics;
using System.Security.Cryptography;
using Granary.Contracts;
using Granary.Grains.Channel;
using Granary.Grains.Checkpoints;
using Granary.Grains.Compute;
using Granary.Grains.Exchange;
using Granary.Grains.Faults;
using Granary.Grains.ModelState;
using Granary.Jobs;
using Granary.Model.Files;
using Granary.Model.Networks;
using Granary.Model.Training;

namespace Granary.Grains.Workers;

/// <inheritdoc cref="ITrainingRun"/>
internal sealed unsafe partial class TrainingRun<T> : ITrainingRun
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TellEvery = TimeSpan.FromMilliseconds(200);

    private readonly TrainingTask _task;
    private readonly RestoreSource _restore;
    private readonly JobMemory _memory;
    private readonly SiloIdentity _silo;
    private readonly IReadOnlyList<VersionStore<T>> _before;
    private readonly VersionStore<T> _versions;
    private readonly StepExchange<T> _exchange;
    private readonly EvaluationExchange _evaluations;
    private readonly CheckpointWriter<T> _checkpoints;
    private readonly GradientWork<T> _work;
    private readonly GradientStep<T> _gradientStep;
    private readonly LbfgsIteration<T>? _iteration;
    private readonly ComputeThreads _threads;
    private readonly Action _computed;
    private readonly PeerMesh _mesh;
    private readonly Grants _grants;
    private readonly StepTimes _times;
    private readonly RunListener _listener;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _reading = new();
    private readonly StepBarrier _barrier = new();
    private bool _disposed;
    private ModelVersion<T>? _loaded;
    private double? _lastLoss;
    private long _told;
    private long _bytesTold;
    private long _allocatedTold;
    private long _waitedTold;
    private volatile Phase _phase = new(PhaseKind.Idle);

    public TrainingRun(
        TrainingTask task, RestoreSource restore, JobMemory memory, SiloIdentity silo, ShardRegistry registry, PeerMesh mesh, StepTimes times,
        SiloFaults faults, RunListener listener)
    {
        (_task, _restore, _memory, _silo, _mesh, _times, _listener) = (task, restore, memory, silo, mesh, times, listener);
        var job = task.Job;
        var optimizer = OptimizerCatalogue.Create(job.Training.Optimizer);
        var (self, generation) = (task.Assignment.Rank, task.Assignment.Generation.Number);
        _before = [.. memory.Stores.OfType<VersionStore<T>>().Reverse()];
        _versions = new VersionStore<T>(task.Shape, job.Model.Precision, task.Layout, self, optimizer.State.Count);
        memory.Add(_versions);
        _grants = new Grants(restore.Step);
        var network = NetworkCatalogue.Create(job.Model, task.Facts.Shape);
        _threads = new ComputeThreads(silo.ThreadsPerJob, job.Name);
        _work = new GradientWork<T>(
            task, _threads, registry, faults, () => new GradientPass(network, task.Shape, job.Model.Precision, silo.Device));
        var searches = job.Training.Optimizer.Traits().SearchesAlongLines;
        var update = new BlockUpdate<T>(task.Layout.Blocks, DecayRun.PerBlock(task.Shape, task.Layout.Blocks, job.Training.Optimizer.DecayAll), optimizer)
        {
            Probes = searches,
        };
        _exchange = new StepExchange<T>(task.Layout, self, generation, mesh, task.Batches, update, job.Training.ClipNorm);
        _gradientStep = new GradientStep<T>(task, silo.Device, restore.Step, _work, _exchange, mesh, Tried);
        _computed = () => _phase = new Phase(PhaseKind.Exchange);
        _iteration = searches
            ? new LbfgsIteration<T>(task, _work, _exchange, exchanging => _phase = new Phase(exchanging ? PhaseKind.Exchange : PhaseKind.Compute))
            : null;
        _evaluations = new EvaluationExchange(task.Layout, self, generation, mesh);
        _checkpoints = new CheckpointWriter<T>(task, silo.Checkpoints, faults, listener.Checkpointed);
        new Thread(Loop) { IsBackground = true, Name = $"{job.Name} steps" }.Start();
    }

    /// <inheritdoc/>
    public Task Ready => _ready.Task;

    private ModelVersion<T> Published => _loaded ?? _versions.Current;

    private long Committed => _versions.Current.Step;

    /// <inheritdoc/>
    public void Grant(StepGrant grant)
    {
        _memory.Log.Forget(grant.Acknowledged);
        _grants.Give(grant);
    }

    /// <inheritdoc/>
    public Task<long> Halt()
    {
        _stopping.Cancel();
        return _ended.Task.ContinueWith(_ => Committed, TaskScheduler.Default);
    }

    /// <inheritdoc/>
    public WorkerStanding Stand()
    {
        var phase = _phase;
        IReadOnlyList<int> peers = phase.Kind switch
        {
            PhaseKind.Exchange => _exchange.WaitingFor(),
            PhaseKind.Evaluation => _evaluations.WaitingFor(),
            _ => [],
        };
        return new WorkerStanding(
            Committed,
            phase.Kind is PhaseKind.Exchange or PhaseKind.Evaluation,
            peers,
            Stopwatch.GetElapsedTime(Math.Max(phase.Since, _mesh.LastMoved)).TotalSeconds);
    }

    private void Loop()
    {
        try
        {
            Begin();
            CheckGradients();
            _barrier.Pass(Committed);
            _ready.SetResult();
            if (Committed > 0 && _task.Batches.EndsEpoch(Committed - 1))
            {
                Evaluate(); // whoever made this evaluation before may have died before it could tell
                _listener.Progressed(); // and the next step may have to wait for it
            }

            while (!_stopping.IsCancellationRequested)
            {
                if (_grants.TakeCheckpoint(Committed))
                {
                    var began = Stopwatch.GetTimestamp();
                    _checkpoints.Begin(_versions.Current);
                    _times.Add(new WorkerTicks(CheckpointStall: Stopwatch.GetTimestamp() - began));
                }

                if (_grants.TakeEvaluation(Committed))
                {
                    Evaluate();
                    _listener.Progressed();
                }

                if (Committed < _grants.Until)
                {
                    if (_iteration is null)
                    {
                        Step();
                    }
                    else
                    {
                        Iterate();
                    }
                }
                else
                {
                    _phase = new Phase(PhaseKind.Idle);
                    var began = Stopwatch.GetTimestamp();
                    var granted = _grants.Wait(AskAgain, _stopping.Token);
                    _times.Add(new WorkerTicks(Idle: Stopwatch.GetTimestamp() - began));
                    if (!granted)
                    {
                        _listener.Progressed(); // the coordinator may have been lost: being called brings it back
                    }
                }
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Told to stop: version t stands whole.
        }
        catch (Exception e) when (e is JobException or WrongGradientException && !_ready.Task.IsCompleted)
        {
            _ready.SetException(e); // whoever waits for this member ends the job, or goes on without it
        }
        catch (NonFiniteException e)
        {
            var (kind, what) = e.Part switch
            {
                NonFinitePart.Loss => (TroubleKind.NonFiniteLoss, "the loss"),
                NonFinitePart.Gradient => (TroubleKind.NonFiniteGradient, "the gradient"),
                _ => (TroubleKind.NonFiniteWeights, "a weight"),
            };
            Trouble(kind, e.Shard, null, $"{what} became {Name(e.Value)}{LastLoss()}");
        }
        catch (ChannelException e)
        {
            _ready.TrySetException(new LostPeerException($"member {e.Peer}: {e.Message}"));
            Trouble(TroubleKind.LostPeer, null, e.Peer, e.Message);
        }
#pragma warning disable CA1031 // whatever it is, the coordinator must hear of it
        catch (Exception e)
#pragma warning restore CA1031
        {
            _ready.TrySetException(e);
            Trouble(TroubleKind.Exception, null, null, $"{e.GetType().Name}: {e.Message}");
        }
        finally
        {
            _versions.Abandon();
            _barrier.End();
            _ready.TrySetCanceled();
            _ended.SetResult();
        }
    }

    private void Begin()
    {
        _memory.Log.Rewind(_restore.Step);
        var current = _versions.Current;
        if (_restore.Checkpoint.Count > 0)
        {
            CheckpointReader.Read(_task, _restore, current);
        }
        else if (_restore.Transfers.Count > 0)
        {
            var generation = _task.Assignment.Generation.Number;
            new StateTransfer<T>(_task.Layout, _task.Assignment.Rank, generation, _mesh, _before).Run(_restore, current, _stopping.Token);
        }
        else
        {
            var start = new Span<T>(current.Weights.Data, checked((int)_task.Layout.Blocks.Weights));
            InitialWeights.Fill(_task.Shape, _task.Job.Training.Seed, start);
            ModuleWeights.Fill(_task.Job, _task.Facts.Shape, start);
            InitialFile.Overlay(_task.Job, _task.Facts, _task.Shape, start);
            current.HasWeights = current.HasState = true;
        }
    }

    // The worker says it itself: the reports of the steps before may travel longer than the trouble after them.
    private string LastLoss() => _lastLoss is { } loss
        ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"; the last finite loss was {loss:G6}")
        : "; no step before it had a finite loss";

    private static string Name(double value) => double.IsNaN(value) ? "NaN" : value > 0 ? "infinite" : "minus infinity";

    private void Trouble(TroubleKind kind, int? shard, int? peer, string message)
    {
        _listener.Progressed();
        _listener.Trouble(new WorkerTrouble(_task.Assignment.Generation, _task.Assignment.Rank, kind, Committed, shard, peer, message));
    }

    private void Step()
    {
        var step = Committed;
        using var trace = Telemetry.StepTrace.Begin(_task, step); // where the step fails
        _phase = new Phase(PhaseKind.Compute);
        var began = Stopwatch.GetTimestamp();
        var replica = _grants.Replicates(step) ? _versions.MakeReplica() : null;
        var (records, own) = _gradientStep.Run(step, _versions.Current, _versions.Next, replica, trace, _computed, _stopping.Token);
        trace?.Dispose(); // an evaluation that follows is no part of the step
        Commit(new StepRecord(step, records), own, _gradientStep.ComputeTicks, Stopwatch.GetTimestamp() - began - _gradientStep.ComputeTicks);
    }

    private void Tried(OverlapTrial trial)
    {
        Telemetry.Metrics.Tried(_task, trial);
        if (trial.IsNews)
        {
            _listener.Tried(trial);
        }
    }

    private void Iterate()
    {
        var step = Committed;
        using var trace = Telemetry.StepTrace.Begin(_task, step);
        var began = Stopwatch.GetTimestamp();
        var (records, own, last) = _iteration!.Run(step, _versions.Current, _versions.Next, trace?.Compute, _stopping.Token);
        trace?.Dispose();
        Commit(new StepRecord(step, records, last), own, _iteration.ComputeTicks, Stopwatch.GetTimestamp() - began - _iteration.ComputeTicks);
    }

    private void Commit(StepRecord record, ShardRecord[] own, long compute, long exchange)
    {
        _memory.Log.Add(record);
        _versions.Commit();
        _barrier.Pass(Committed);
        if (Committed == _restore.Step + 2)
        {
            _memory.Settle(_versions); // every member has taken a step of this generation: nobody will ask for what was before it
        }

        _times.AddStep(WorkerTicks.Step(compute, exchange, _mesh.Waited - _waitedTold, _exchange.Updates.Busy));
        _waitedTold = _mesh.Waited;
        _lastLoss = own.Length > 0 ? own.Sum(r => r.LossSum) / own.Sum(r => r.Weight) : _lastLoss;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        Telemetry.Metrics.Step(_task, own, new Telemetry.StepCosts(
            compute, exchange, _exchange.Updates.Busy, _exchange.BytesSent - _bytesTold, allocated - _allocatedTold));
        (_bytesTold, _allocatedTold) = (_exchange.BytesSent, allocated);
        if (_task.Batches.EndsEpoch(record.Step))
        {
            Evaluate();
        }

        if (Committed == _grants.Until || Committed == _restore.Step + 1 || Stopwatch.GetElapsedTime(_told) > TellEvery)
        {
            _told = Stopwatch.GetTimestamp();
            _listener.Progressed();
        }
    }

    private void Evaluate()
    {
        _phase = new Phase(PhaseKind.Compute);
        var began = Stopwatch.GetTimestamp();
        var own = _work.Evaluate(Committed, _versions.Current.Weights);
        _phase = new Phase(PhaseKind.Evaluation);
        _memory.Log.Add(_evaluations.Run(Committed, own, _stopping.Token));
        var (ended, waited) = (Stopwatch.GetTimestamp(), _mesh.Waited - _waitedTold);
        _times.Add(new WorkerTicks(Evaluating: ended - began - waited, Waiting: waited));
        _waitedTold += waited;
    }

    // Native memory must not be freed under a reader's hands.
    private Lock.Scope Hold()
    {
        var held = _reading.EnterScope();
        if (!_disposed)
        {
            return held;
        }

        held.Dispose();
        throw new ObjectDisposedException(nameof(TrainingRun<T>));
    }

    /// <inheritdoc/>
    /// <remarks>The store stays: the next generation may go on from it.</remarks>
    public void Dispose()
    {
        _stopping.Cancel();
        _ended.Task.Wait();
        using var held = _reading.EnterScope();
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _loaded?.Dispose();
        _gradientStep.Dispose();
        _mesh.Dispose();
        _exchange.Dispose();
        _iteration?.Dispose();
        _evaluations.Dispose();
        _checkpoints.Dispose();
        _work.Dispose();
        _threads.Dispose();
        _grants.Dispose();
    }

    private enum PhaseKind { Idle, Compute, Exchange, Evaluation }

    private sealed record Phase(PhaseKind Kind)
    {
        public long Since { get; } = Stopwatch.GetTimestamp();
    }
}
