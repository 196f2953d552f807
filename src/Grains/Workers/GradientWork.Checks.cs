using System.Numerics.Tensors;
using Granary.Contracts;
using Granary.Model.Kernels;
using Granary.Model.Networks;

namespace Granary.Grains.Workers;

/// <content>Gradients that are computed to be looked at, and not to be trained on.</content>
internal sealed unsafe partial class GradientWork<T>
{
    // A check costs three passes over its examples: less than the step's own.
    private const int ShareOfStep = 4;
    private const int MostExamples = 4;

    /// <summary>Compares the gradient of a few of the next step's examples in float32 with float64.</summary>
    /// <returns>What was found; null: no shard here has examples.</returns>
    /// <exception cref="Jobs.JobException">They differ by more than rounding explains.</exception>
    public GradientFigure? CheckGradients(long committed, FlatTensor weights, string device)
    {
        var step = Math.Min(committed, _task.Batches.Steps - 1);
        foreach (var (shard, examples) in _leases.Shards.Where(s => s.Examples.TrainingRows > 0))
        {
            var rows = _task.Batches.Rows(step, shard);
            var count = Math.Clamp((rows.End - rows.First) / ShareOfStep, 1, Math.Min(MostExamples, examples.TrainingRows));
            return GradientCheck.Run(_task.Job.Model, _task.Facts.Shape, _task.Shape, device, weights, set =>
            {
                var first = (rows.First + (set * count)) % (examples.TrainingRows - count + 1);
                return examples.Training(_task.Batches.EpochOf(step), first, first + count).WrittenOut();
            });
        }

        return null;
    }

    /// <summary>Computes the gradients of a step that was not finite once more, shard by shard.</summary>
    /// <param name="step">The step.</param>
    /// <param name="weights">The weights it began with.</param>
    public NonFiniteFinding FindNonFinite(long step, FlatTensor weights)
    {
        var greatest = T.Zero; // of the sum, at most
        foreach (var batch in new BatchGatherer(_task.Batches, _leases).Gather(step))
        {
            var buffer = Rent();
            var record = Gradient(0, batch, weights, buffer);
            var magnitude = Magnitude((T*)buffer.Data);
            Free(buffer);
            if (!double.IsFinite(record.LossSum) || !T.IsFinite(magnitude))
            {
                return new NonFiniteFinding(batch.Shard, false);
            }

            greatest += magnitude;
        }

        return new NonFiniteFinding(null, T.IsFinite(greatest) && HasNonFiniteSum());
    }

    private bool HasNonFiniteSum()
    {
        for (var part = 0; part < Sums.Parts; part++)
        {
            if (Sums.Missing(part) == 0 && !T.IsFinite(Magnitude(Sums.Data(part))))
            {
                return true;
            }
        }

        return false;
    }

    // NaN where any number is.
    private T Magnitude(T* vector)
    {
        var greatest = T.Zero;
        for (var b = 0; b < _task.Layout.Blocks.Blocks; b++)
        {
            var block = new ReadOnlySpan<T>(vector + _task.Layout.Blocks.Start(b), _task.Layout.Blocks.Length(b));
            greatest = T.Max(greatest, T.Abs(TensorPrimitives.MaxMagnitude(block)));
        }

        return greatest;
    }
}
