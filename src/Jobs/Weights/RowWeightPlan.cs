using System.Globalization;

namespace Granary.Jobs;

/// <summary>What the shards agree on about the weights of rows.</summary>
public static class RowWeightPlan
{
    // Beyond these a float32's quotients and products end in 0 or infinity.
    private const double LeastInFloat32 = 1e-30;
    private const double MostInFloat32 = 1e30;

    /// <summary>Adds the shards' weights up along the sum tree.</summary>
    /// <param name="job">The job.</param>
    /// <param name="shards">One per shard, in shard order.</param>
    /// <param name="held">Held-out examples of each shard.</param>
    /// <exception cref="JobException">No example to be trained on, none that is held out, or none that is evaluated weighs anything; or they weigh more than numbers can hold.</exception>
    public static RowWeights Of(Job job, IReadOnlyList<RowWeights> shards, IReadOnlyList<long> held)
    {
        var heldOut = held.Sum();
        var all = new SumTree(shards.Count).Merge(v => shards[v], (a, b) => a.With(b))!;
        var (source, column) = (DataFiles.NameOf(job.Data.Path), $"column '{job.Data.Weight}' (data.weight)");
        if (all.Training == 0)
        {
            throw new JobException($"{source}: {column} is 0 in every row{(all.HeldOut > 0 ? " that is trained on" : "")}: there is nothing to learn from. Give at least one row a weight above 0.");
        }

        if (heldOut > 0 && all.HeldOut == 0)
        {
            throw new JobException($"{DataFiles.NameOf(job.Data.Validation.Path ?? job.Data.Path)}: {column} is 0 in every row that is held out: there is nothing to measure on. Hold out rows that weigh something.");
        }

        if (heldOut > 0 && all.Evaluated == 0)
        {
            throw new JobException($"{DataFiles.NameOf(job.Data.Validation.Path ?? job.Data.Path)}: {column} is 0 in every one of the {EvaluationPlan.Rows(job.Training, held).Sum()} held-out rows that are evaluated "
                + $"(training.evaluation.batches): there is nothing to measure on. Set training.evaluation.batches to a greater number, or take it out: then all {heldOut} are evaluated.");
        }

        if (!double.IsFinite(all.Training + all.HeldOut))
        {
            throw new JobException($"{source}: the weights of {column} add up to more than a number can hold. Divide all of them by the same number.");
        }

        return job.Model.Precision == Precision.Float32 && (all.Greatest > MostInFloat32 || all.Training < LeastInFloat32)
            ? throw new JobException(string.Create(CultureInfo.InvariantCulture, $"{source}: the weights of {column} are outside the range that float32 can compute with, {LeastInFloat32} to {MostInFloat32}: the greatest is {all.Greatest}, and they add up to {all.Training}. ")
                + "Divide or multiply all weights by the same number, or set model.precision to float64.")
            : all;
    }
}
