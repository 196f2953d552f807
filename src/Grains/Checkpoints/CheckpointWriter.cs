using System.Diagnostics;
using Granary.Contracts;
using Granary.Grains.Exchange;
using Granary.Grains.Faults;
using Granary.Grains.ModelState;
using Granary.Grains.Telemetry;
using Granary.Jobs;

namespace Granary.Grains.Checkpoints;

/// <summary>Writes a member's parts of checkpoints on a thread of its own, from a copy, while training goes on. One at a time:
/// a checkpoint that comes while another is being written is refused.</summary>
/// <param name="task">The worker's part in the generation.</param>
/// <param name="store">Where checkpoints of this cluster are kept.</param>
/// <param name="faults">Injected faults.</param>
/// <param name="written">Told what came of it: the version, and the part or the reason.</param>
internal sealed unsafe class CheckpointWriter<T>(
    Workers.TrainingTask task, ICheckpointStore store, SiloFaults faults, Action<long, CheckpointPart?, string?> written) : IDisposable
    where T : unmanaged
{
    // A store may take its time; the next generation does not wait for it.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    private NativeVector<T>[]? _copy;
    private Task _writing = Task.CompletedTask;
    private volatile bool _abandoned;

    /// <summary>Whether a version is being written.</summary>
    public bool IsWriting => !_writing.IsCompleted;

    /// <summary>Begins to write a version. Only the copy is made before it returns.</summary>
    public void Begin(ModelVersion<T> version)
    {
        // The one before may have been told as written a moment before its thread ends.
        if (!_writing.Wait(TimeSpan.FromSeconds(1)))
        {
            written(version.Step, null, "the checkpoint before it was still being written");
            return;
        }

        // Where everybody holds all, the first member writes all.
        var blocks = task.Layout.Replicated && task.Assignment.Rank > 0 ? new BlockRange(0, 0) : version.Own.Blocks;
        if (blocks.First == blocks.End)
        {
            written(version.Step, null, null);
            return;
        }

        Copy(version);
        var header = new CheckpointHeader(
            task.JobId, task.Assignment.Generation.Number, version.Step, blocks.First, blocks.End, version.Own.Length,
            version.Own.PerWeight, sizeof(T));
        var begun = CheckpointTrace.Around;
        _writing = Task.Factory.StartNew(() => Write(header, begun), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private void Copy(ModelVersion<T> version)
    {
        var own = version.Own;
        _copy ??= [.. Enumerable.Range(0, 1 + own.PerWeight).Select(_ => new NativeVector<T>(own.Length))];
        var blocks = task.Layout.Blocks;
        for (var b = own.Blocks.First; b < own.Blocks.End; b++)
        {
            var (at, bytes) = ((long)(b - own.Blocks.First) * BlockPlan.BlockSize, blocks.Length(b) * sizeof(T));
            Buffer.MemoryCopy((T*)version.Weights.Data + blocks.Start(b), _copy[0].Data + at, bytes, bytes);
            for (var i = 1; i < _copy.Length; i++)
            {
                Buffer.MemoryCopy(own.At(i - 1, b), _copy[i].Data + at, bytes, bytes);
            }
        }
    }

    private void Write(CheckpointHeader header, ActivityContext? begun)
    {
        CheckpointPart part;
        var trace = CheckpointTrace.Begin(task, header.Step, begun);
        try
        {
            part = Store(header);
        }
#pragma warning disable CA1031 // whatever a store throws, the coordinator waits for an answer
        catch (Exception e)
#pragma warning restore CA1031
        {
            var failure = e is IOException or UnauthorizedAccessException ? e.Message : $"{e.GetType().Name}: {e.Message}";
            CheckpointTrace.End(trace, null, failure);
            Report(header.Step, null, failure);
            return;
        }

        CheckpointTrace.End(trace, part.Bytes, null);
        Report(header.Step, part, null);
    }

    private void Report(long step, CheckpointPart? part, string? failure)
    {
        if (!_abandoned)
        {
            written(step, part, failure);
        }
        else if (part is not null)
        {
            Discard(part.Checkpoint); // nobody was told of this part: the checkpoint will never be whole
        }
    }

    private void Discard(CheckpointId checkpoint)
    {
        try
        {
            store.Remove(checkpoint);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It goes with the job's superseded ones.
        }
    }

    private CheckpointPart Store(CheckpointHeader header)
    {
        var checkpoint = new CheckpointId(header.Job, header.Step, header.Generation);
        if (faults.Now(FaultKind.FullDisk) is not null)
        {
            throw new IOException($"no space left on device: '{store.Describe(checkpoint)}' (injected fault)");
        }

        var (bytes, checksum) = (0L, "");
        store.Write(checkpoint, header.FirstBlock, to => (bytes, checksum) = CheckpointFile.Write(to, header, _copy!));
        return new CheckpointPart(checkpoint, new BlockRange(header.FirstBlock, header.EndBlock), bytes, checksum);
    }

    /// <inheritdoc/>
    /// <remarks>A part that is still being written then is given up, and its copy freed, once the store has answered.</remarks>
    public void Dispose()
    {
        if (_writing.Wait(LongestWait))
        {
            Free();
            return;
        }

        _abandoned = true;
        _ = _writing.ContinueWith(_ => Free(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private void Free() => Array.ForEach(_copy ?? [], v => v.Dispose());
}
