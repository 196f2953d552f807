using System.Security.Cryptography;
using Granary.Contracts;
using Granary.Grains.Checkpoints;
using Granary.Jobs;
using Granary.Model.Files;
using Granary.Model.Training;

namespace Granary.Grains.Workers;

/// <content>What others ask of the weights held, from threads of theirs.</content>
internal sealed unsafe partial class TrainingRun<T>
{
    /// <inheritdoc/>
    public Task Reach(long step) => _barrier.Reach(step);

    /// <inheritdoc/>
    public SavedWeights HashWeights()
    {
        using var held = Hold();
        var bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(AsFloat32().AsSpan());
        return new SavedWeights(Published.Step, Convert.ToHexStringLower(SHA256.HashData(bytes)), _task.Layout.Blocks.Weights);
    }

    /// <inheritdoc/>
    public void LoadCheckpoint(RestoreSource checkpoint)
    {
        using var held = Hold();
        _loaded ??= _versions.MakeApart();
        CheckpointReader.Read(_task, checkpoint, _loaded);
    }

    /// <inheritdoc/>
    public void Publish(Publication publication)
    {
        using var held = Hold();
        var folder = new RunFolder(publication.Output, _task.JobId);
        folder.MakeSure(publication.Overwrite, publication.Continues);
        SavedModel.Write(Path.Combine(publication.Output, SavedModel.FileName), _task.Job, _task.Facts, _task.Shape, AsFloat32());
        OutputFolder.Write(publication);
        folder.Settle();
    }

    private float[] AsFloat32()
    {
        var weights = new float[_task.Layout.Blocks.Weights];
        for (var i = 0L; i < weights.LongLength; i++)
        {
            weights[i] = float.CreateTruncating(((T*)Published.Weights.Data)[i]);
        }

        return weights;
    }

    /// <inheritdoc/>
    public NonFiniteFinding FindNonFinite()
    {
        using var held = Hold();
        return _work.FindNonFinite(Committed, _versions.Current.Weights);
    }
}
