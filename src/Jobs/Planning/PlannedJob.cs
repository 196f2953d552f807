namespace Granary.Jobs;

/// <summary>What the cost model knows of a job.</summary>
/// <param name="Job">The job.</param>
/// <param name="Blocks">Its flat weight vector.</param>
/// <param name="FlopsPerExample">Operations for one example; 1 for kinds of which nobody can tell, which are counted in examples.</param>
/// <param name="Batch">Examples in a step.</param>
public sealed record PlannedJob(Job Job, BlockPlan Blocks, double FlopsPerExample, long Batch)
{
    /// <summary>A job whose data is known.</summary>
    /// <param name="job">The job. Kinds of one's own must be known to <see cref="ModelKinds"/>.</param>
    /// <param name="input">What the data says about the model's ends.</param>
    /// <param name="examples">Training examples.</param>
    /// <exception cref="JobException">The job cannot be planned.</exception>
    public static PlannedJob Of(Job job, InputShape input, long examples)
    {
        if (job.Training.Optimizer.Traits().SearchesAlongLines)
        {
            throw new JobException($"training.optimizer.kind is {job.Training.Optimizer.KindName()}: its line search decides step by step how many passes it takes, so that its steps cannot be planned.");
        }

        return new PlannedJob(
            job,
            BlockPlan.Of(job, ModelShape.Of(job.Model, input)),
            ModelKinds.Of(job.Model).FlopsPerExample(job.Model, input) ?? 1,
            job.Training.Batch == TrainingSection.AllExamples ? examples : job.Training.Batch);
    }

    /// <summary>A preset, trained by AdamW, in one shard: see <see cref="WithShardsFor"/>.</summary>
    /// <exception cref="JobException">There is none of that name.</exception>
    public static PlannedJob OfPreset(string name, int batch)
    {
        var (model, input) = ModelPresets.Of(name);
        var training = new TrainingSection { Epochs = 1, Batch = batch, Optimizer = new() { Kind = OptimizerKind.AdamW, LearningRate = 0.001 } };
        return Of(new Job(1, name, model, new DataSection { Format = "text", Path = name, Shards = 1 }, training), input, batch);
    }

    /// <summary>Whether work is counted in examples.</summary>
    public bool CountsExamples => FlopsPerExample == 1;

    /// <summary>V.</summary>
    public int Shards => Job.Data.Shards;

    /// <summary>Bytes of a number.</summary>
    public int NumberSize => Job.Model.Precision == Precision.Float64 ? 8 : 4;

    /// <summary>The same job with its data cut into so many shards.</summary>
    public PlannedJob WithShards(int shards) => this with { Job = Job with { Data = Job.Data with { Shards = shards } } };

    /// <summary>The same job with as many shards as suit a number of silos: see <see cref="ShardAdvice"/>.</summary>
    public PlannedJob WithShardsFor(int silos, int threads) => WithShards(ShardAdvice.For(Shards, silos, threads));

    /// <summary>Examples that a shard which has any in a step has on average.</summary>
    public double RowsPerShard => Math.Max(1, (double)Batch / Shards);

    /// <summary>Of a silo's shards, those that have an example in a step: all, unless there are more shards than examples.</summary>
    public int ActiveShards(int shards) => (int)Math.Min(shards, Math.Ceiling((double)Batch * shards / Shards));
}
