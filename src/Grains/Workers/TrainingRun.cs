using System.Diagnostics;
using System.Numerics;
using System.Security.Cryptography;
using Granary.Contracts;
using Granary.Grains.Channel;
using Granary.Grains.Compute;
using Granary.Grains.Exchange;
using Granary.Jobs;
using Granary.Model.Files;
using Granary.Model.Networks;
using Granary.Model.Training;

namespace Granary.Grains.Workers;

/// <summary>One member's part in one generation of a job, on a thread of its own.</summary>
internal interface ITrainingRun : IDisposable
{
    /// <summary>Allows steps up to, not including, <paramref name="until"/>.</summary>
    void Grant(long until);

    /// <summary>Stops at once, between two versions; returns the committed steps.</summary>
    Task<long> Halt();

    /// <summary>Hash of the weights held.</summary>
    SavedWeights Weigh();

    /// <summary>Writes the model and its papers.</summary>
    void Publish(string output, IReadOnlyDictionary<string, string> papers);

    /// <summary>The shard here whose gradient at the next step is not finite.</summary>
    int? FindNonFinite();
}

/// <inheritdoc cref="ITrainingRun"/>
internal sealed unsafe class TrainingRun<T> : ITrainingRun
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private static readonly TimeSpan ReportEvery = TimeSpan.FromMilliseconds(200);

    private readonly TrainingTask _task;
    private readonly StepExchange<T> _exchange;
    private readonly BlockUpdate<T> _update;
    private readonly GradientWork<T> _work;
    private readonly ComputeThreads _threads;
    private readonly PeerMesh _mesh;
    private readonly Action<WorkerReport> _report;
    private readonly Action<WorkerTrouble> _trouble;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _granted = new(0);
    private readonly List<StepRecord> _steps = [];
    private readonly List<EvaluationRecord> _evaluations = [];

    private FlatTensor _weights;
    private FlatTensor _newWeights;
    private readonly Lock _memory = new();
    private bool _disposed;
    private double? _lastLoss;
    private long _until;
    private long _committed;
    private long _lastReport;
    private long _computeTicks;
    private long _exchangeTicks;

    public TrainingRun(
        TrainingTask task, SiloIdentity silo, ShardRegistry registry, PeerMesh mesh, Action<WorkerReport> report, Action<WorkerTrouble> trouble)
    {
        (_task, _mesh, _report, _trouble) = (task, mesh, report, trouble);
        var job = task.Job;
        _weights = new FlatTensor(task.Shape, job.Model.Precision);
        _newWeights = new FlatTensor(task.Shape, job.Model.Precision);
        var start = new Span<T>(_weights.Data, checked((int)task.Layout.Blocks.Weights));
        InitialWeights.Fill(task.Shape, job.Training.Seed, start);
        InitialFile.Overlay(job, task.Shape, start);
        var network = NetworkCatalogue.Create(job.Model, task.Facts.Shape);
        _threads = new ComputeThreads(silo.Threads, job.Name);
        _work = new GradientWork<T>(
            task, _threads, registry, () => new GradientPass(network, task.Shape, job.Model.Precision, silo.Device));
        _update = new BlockUpdate<T>(
            task.Layout.Blocks,
            DecayRun.PerBlock(task.Shape, task.Layout.Blocks, job.Training.Optimizer.DecayAll),
            OptimizerCatalogue.Create(job.Training.Optimizer),
            task.Layout.Owned(task.Assignment.Index));
        _exchange = new StepExchange<T>(
            task.Layout, task.Assignment.Index, task.Assignment.Membership.Generation, mesh, task.Batches, _update, job.Training.ClipNorm);
        new Thread(Loop) { IsBackground = true, Name = $"{job.Name} steps" }.Start();
    }

    /// <inheritdoc/>
    public void Grant(long until)
    {
        if (until > Volatile.Read(ref _until))
        {
            Volatile.Write(ref _until, until);
            _granted.Release();
        }
    }

    /// <inheritdoc/>
    public Task<long> Halt()
    {
        _stopping.Cancel();
        return _ended.Task.ContinueWith(_ => _committed, TaskScheduler.Default);
    }

    private void Loop()
    {
        try
        {
            while (!_stopping.IsCancellationRequested)
            {
                if (_committed < Volatile.Read(ref _until))
                {
                    Step();
                }
                else
                {
                    _granted.Wait(_stopping.Token);
                }
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Told to stop: version t stands whole.
        }
        catch (NonFiniteException e)
        {
            Flush();
            Trouble(
                e.IsLoss ? TroubleKind.NonFiniteLoss : TroubleKind.NonFiniteGradient,
                e.Shard,
                null,
                (e.IsLoss ? "the loss" : "the gradient") + " became " + Name(e.Value) + LastLoss());
        }
        catch (ChannelException e)
        {
            Flush();
            Trouble(TroubleKind.LostPeer, null, e.Peer, e.Message);
        }
#pragma warning disable CA1031 // whatever it is, the coordinator must hear of it
        catch (Exception e)
#pragma warning restore CA1031
        {
            Flush();
            Trouble(TroubleKind.Exception, null, null, $"{e.GetType().Name}: {e.Message}");
        }
        finally
        {
            _ended.SetResult();
        }
    }

    // The worker says it itself: the reports of the steps before may travel longer than the trouble after them.
    private string LastLoss() => _lastLoss is { } loss
        ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"; the last finite loss was {loss:G6}")
        : "; no step before it had a finite loss";

    private static string Name(double value) => double.IsNaN(value) ? "NaN" : value > 0 ? "infinite" : "minus infinity";

    private void Trouble(TroubleKind kind, int? shard, int? peer, string message) =>
        _trouble(new WorkerTrouble(_task.Assignment.Membership, _task.Assignment.Index, kind, _committed, shard, peer, message));

    private void Step()
    {
        var step = _committed;
        using var trace = Telemetry.StepTrace.Begin(_task, step);
        var began = Stopwatch.GetTimestamp();
        var sums = _work.Sum(step, _weights, trace.Compute, out var records);
        var computed = Stopwatch.GetTimestamp();
        trace.Computed();
        var rate = LearningRate.At(_task.Job.Training, step, _task.Batches.StepsPerEpoch);
        _exchange.Run(step, rate, sums, (T*)_weights.Data, (T*)_newWeights.Data, _stopping.Token);
        (_weights, _newWeights) = (_newWeights, _weights);
        _committed = step + 1;
        var ended = Stopwatch.GetTimestamp();
        _computeTicks += computed - began;
        _exchangeTicks += ended - computed;
        _steps.Add(new StepRecord(step, records));
        _lastLoss = records.Length > 0 ? records.Sum(r => r.LossSum) / records.Sum(r => r.Weight) : _lastLoss;
        Telemetry.Metrics.Step(_task, records, computed - began, ended - computed, _exchange.BytesSent);
        if (_task.Batches.EndsEpoch(step))
        {
            _evaluations.AddRange(_work.Evaluate(_committed, _weights));
        }

        if (_committed == Volatile.Read(ref _until) || Stopwatch.GetElapsedTime(_lastReport) > ReportEvery)
        {
            Flush();
        }
    }

    private void Flush()
    {
        _report(new WorkerReport(
            _task.Assignment.Membership,
            _task.Assignment.Index,
            _committed,
            [.. _steps],
            [.. _evaluations],
            Seconds(_computeTicks),
            Seconds(_exchangeTicks)));
        _steps.Clear();
        _evaluations.Clear();
        _computeTicks = _exchangeTicks = 0;
        _lastReport = Stopwatch.GetTimestamp();
    }

    private static double Seconds(long ticks) => (double)ticks / Stopwatch.Frequency;

    /// <inheritdoc/>
    public SavedWeights Weigh()
    {
        using var held = Hold();
        var bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(AsFloat32().AsSpan());
        return new SavedWeights(_committed, Convert.ToHexStringLower(SHA256.HashData(bytes)), _task.Layout.Blocks.Weights);
    }

    /// <inheritdoc/>
    public void Publish(string output, IReadOnlyDictionary<string, string> papers)
    {
        using var held = Hold();
        Directory.CreateDirectory(output);
        SavedModel.Write(Path.Combine(output, SavedModel.FileName), _task.Job, _task.Facts, _task.Shape, AsFloat32());
        foreach (var (name, text) in papers)
        {
            File.WriteAllText(Path.Combine(output, name), text);
        }
    }

    private float[] AsFloat32()
    {
        var weights = new float[_task.Layout.Blocks.Weights];
        for (var i = 0L; i < weights.LongLength; i++)
        {
            weights[i] = float.CreateTruncating(((T*)_weights.Data)[i]);
        }

        return weights;
    }

    /// <inheritdoc/>
    public int? FindNonFinite()
    {
        using var held = Hold();
        return _work.FindNonFinite(_committed, _weights);
    }

    // Native memory must not be freed under a reader's hands.
    private Lock.Scope Hold()
    {
        var held = _memory.EnterScope();
        if (!_disposed)
        {
            return held;
        }

        held.Dispose();
        throw new ObjectDisposedException(nameof(TrainingRun<T>));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping.Cancel();
        _ended.Task.Wait();
        using var held = _memory.EnterScope();
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _mesh.Dispose();
        _exchange.Dispose();
        _update.Dispose();
        _work.Dispose();
        _threads.Dispose();
        _weights.Dispose();
        _newWeights.Dispose();
    }
}
