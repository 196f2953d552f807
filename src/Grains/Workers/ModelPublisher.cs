using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Granary.Contracts;
using Granary.Grains.Checkpoints;
using Granary.Grains.ModelState;
using Granary.Grains.TensorBoard;
using Granary.Jobs;
using Granary.Model.Files;
using Granary.Model.Networks;

namespace Granary.Grains.Workers;

/// <summary>Hashes and publishes the weights that a worker holds, or an older version that it has loaded from a checkpoint. Called by
/// threads of others.</summary>
/// <param name="task">The worker's part.</param>
/// <param name="versions">Has the current version.</param>
/// <param name="guard">Guards the weights.</param>
/// <param name="checkpoints">Where checkpoints are kept.</param>
/// <param name="events">The job's TensorBoard file; null: it has none.</param>
internal sealed unsafe class ModelPublisher<T>(TrainingTask task, VersionStore<T> versions, ReadGuard guard, ICheckpointStore checkpoints, EventWriter? events) : IDisposable
    where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
{
    private ModelVersion<T>? _loaded;

    private ModelVersion<T> Published => _loaded ?? versions.Current;

    /// <summary>SHA-256 of the weights, as little-endian float32.</summary>
    public SavedWeights HashWeights()
    {
        using var scope = guard.Read();
        var bytes = MemoryMarshal.AsBytes(AsFloat32().AsSpan());
        return new SavedWeights(Published.Step, Convert.ToHexStringLower(SHA256.HashData(bytes)), task.Layout.Blocks.Weights);
    }

    /// <summary>Loads an older version, to be hashed and published from now on.</summary>
    /// <exception cref="DamagedCheckpointException">The checkpoint cannot be used.</exception>
    public void LoadCheckpoint(RestoreSource checkpoint)
    {
        using var scope = guard.Read();
        _loaded ??= versions.MakeApart();
        CheckpointReader.Read(checkpoints, task, checkpoint, _loaded);
    }

    /// <summary>Lets something be computed with the weights that are to be published.</summary>
    public TResult Use<TResult>(Func<FlatTensor, TResult> use)
    {
        using var scope = guard.Read();
        return use(Published.Weights);
    }

    /// <summary>Writes the model and its artifacts.</summary>
    public void Publish(Publication publication)
    {
        using var scope = guard.Read();
        var folder = new RunFolder(publication.Output, task.JobId);
        folder.MakeSure(publication.Overwrite, publication.Continues);
        folder.Begin();
        SavedModel.Write(Path.Combine(publication.Output, SavedModel.FileName), task.Job, task.Facts with { Threshold = publication.Threshold }, task.Shape, AsFloat32());
        events?.Finish(publication.Output, publication.Points ?? []);
        EventFolder.RemoveOthers(publication.Output, events is null ? null : task.JobId);
        OutputFolder.Write(publication, checkpoints);
        folder.Settle();
    }

    private float[] AsFloat32()
    {
        var weights = new float[task.Layout.Blocks.Weights];
        for (var i = 0L; i < weights.LongLength; i++)
        {
            weights[i] = float.CreateTruncating(((T*)Published.Weights.Data)[i]);
        }

        return weights;
    }

    /// <inheritdoc/>
    public void Dispose() => _loaded?.Dispose();
}
