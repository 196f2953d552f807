namespace Granary.Jobs;

/// <summary>What training a job takes of each silo: of the one that sends, and of the one that holds, most.</summary>
/// <param name="Silos">Number of silos, S.</param>
/// <param name="BytesSent">Payload bytes that a silo sends in a step.</param>
/// <param name="Memory">Bytes that a silo holds.</param>
public sealed record SiloCosts(int Silos, long BytesSent, SiloMemory Memory)
{
    /// <summary>The costs on <paramref name="silos"/> silos of <paramref name="threads"/> compute threads each.</summary>
    public static SiloCosts Of(Job job, BlockPlan blocks, int silos, int threads)
    {
        var shards = new ShardPlan(job.Data.Shards, silos);
        var size = job.Model.Precision == Precision.Float64 ? 8 : 4;
        return new SiloCosts(
            silos,
            StepTraffic.GreatestBytesSent(blocks, shards, size, job.Training.ClipNorm > 0),
            SiloMemory.Greatest(job, blocks, shards, threads));
    }
}
