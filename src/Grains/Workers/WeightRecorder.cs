using System.Numerics;
using Granary.Grains.ModelState;
using Granary.Grains.TensorBoard;
using Granary.Jobs;

namespace Granary.Grains.Workers;

/// <summary>Writes histograms of the weights at rounds' ends. It is called between steps, on the thread that takes them: no worker can commit
/// the step after a round before the first one has written that round's histograms.</summary>
/// <param name="task">The first worker's part.</param>
/// <param name="versions">Has the current version.</param>
/// <param name="log">Takes the histograms.</param>
internal sealed unsafe class WeightRecorder<T>(TrainingTask task, VersionStore<T> versions, EventWriter log)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Each has some kilobytes for each parameter.
    private const int Most = 100;

    private readonly long _every = Math.Max(1, (task.Batches.Rounds + Most - 1) / Most);

    /// <summary>The generation's log; null: this worker writes none.</summary>
    public static EventWriter? Open(TrainingTask task, long from) => task.Assignment.Events is { } place && task.Job.Output.Tensorboard && !StoredPath.Is(place.Folder)
        ? new EventWriter(
            place, task.JobId, task.Assignment.Generation.Number, from,
            new PointScalars(task.Job.Training, task.Batches.StepsPerEpoch, (double)task.Batches.Examples / task.Batches.StepsPerEpoch), TimeProvider.System)
        : null;

    /// <summary>Writes the current version's, where it ends one of the rounds that are chosen. Nothing is written twice.</summary>
    public void Record()
    {
        var step = versions.Current.Step;
        if (step == 0 || !task.Batches.EndsRound(step - 1) || !IsChosen(task.Batches.RoundsBy(step)))
        {
            return;
        }

        var start = 0L;
        var histograms = new List<(string, WeightHistogram)>();
        foreach (var parameter in task.Shape)
        {
            var histogram = new WeightHistogram();
            for (var end = start + parameter.Count; start < end; start++)
            {
                histogram.Add(float.CreateTruncating(((T*)versions.Current.Weights.Data)[start]));
            }

            histograms.Add(($"weights/{parameter.Name}", histogram));
        }

        _ = log.Add(step, histograms);
    }

    private bool IsChosen(long round) => round % _every == 0 || BitOperations.IsPow2(round) || round == task.Batches.Rounds;
}
