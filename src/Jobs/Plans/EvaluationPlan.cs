namespace Granary.Jobs;

/// <summary>How many of its held-out examples each shard evaluates.</summary>
public static class EvaluationPlan
{
    /// <summary>Of each shard: all, or its share of the batches that the job asks for.</summary>
    /// <param name="training">The job's training.</param>
    /// <param name="heldOut">Held-out examples of each shard.</param>
    public static IReadOnlyList<long> Rows(TrainingSection training, IReadOnlyList<long> heldOut)
    {
        var (all, batches) = (heldOut.Sum(), training.Evaluation?.Batches ?? EvaluationSection.AllBatches);
        if (batches == EvaluationSection.AllBatches || training.Batch == TrainingSection.AllExamples || (long)batches * training.Batch >= all)
        {
            return heldOut;
        }

        var asked = (long)batches * training.Batch;
        var rows = new long[heldOut.Count];
        long before = 0;
        for (var v = 0; v < rows.Length; v++)
        {
            rows[v] = (long)(((Int128)asked * (before + heldOut[v]) / all) - ((Int128)asked * before / all));
            before += heldOut[v];
        }

        return rows;
    }

    /// <summary>The held-out example that is evaluated as number i of a shard's n, of all that it has: they are spread evenly.</summary>
    public static int At(int i, int n, int all) => n == all ? i : (int)((long)i * all / n);
}
