using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Grains.TensorBoard;

/// <summary>The scalars of a job's points, by their tags.</summary>
/// <param name="training">Has the learning rate.</param>
/// <param name="stepsPerEpoch">Steps of an epoch.</param>
/// <param name="examplesPerStep">Examples of a step, on average.</param>
internal sealed class PointScalars(TrainingSection training, long stepsPerEpoch, double examplesPerStep)
{
    /// <summary>Each point with its scalars. The rate of the first point is not known unless another one came before it.</summary>
    public IEnumerable<(MetricPoint Point, IReadOnlyList<(string Tag, double Value)> Values)> Of(IReadOnlyList<MetricPoint> points)
    {
        var speeds = ExampleRates.Of(points, examplesPerStep);
        return points.Select((p, i) => (p, (IReadOnlyList<(string, double)>)[.. Values(p, speeds[i])]));
    }

    private IEnumerable<(string Tag, double Value)> Values(MetricPoint point, double? speed)
    {
        (string Tag, double? Value)[] all =
        [
            ("train/loss", point.Loss),
            ("train/epoch_loss", point.EpochLoss),
            ("validation/loss", point.ValidationLoss),
            ("validation/accuracy", point.ValidationAccuracy),
            ("validation/rmse", point.ValidationNumbers?.Rmse),
            ("validation/mae", point.ValidationNumbers?.Mae),
            ("validation/r2", point.ValidationNumbers?.R2),
            ("train/learning_rate", training.Optimizer.Traits().SearchesAlongLines ? null : LearningRate.At(training, point.Step - 1, stepsPerEpoch)),
            ("train/gradient_norm", point.GradientNorm),
            ("train/examples_per_second", speed),
        ];
        return all.Where(v => v.Value is not null).Select(v => (v.Tag, v.Value!.Value));
    }
}
