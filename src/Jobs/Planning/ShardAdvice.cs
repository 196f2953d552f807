namespace Granary.Jobs;

/// <summary>How many shards suit a number of silos.</summary>
public static class ShardAdvice
{
    /// <summary>The fewest V = S 2^j that are no fewer than the job has, and give every compute thread one: no silo is idle or has more
    /// to do than another, and each sends one sum, for its shards are a whole subtree.</summary>
    public static int For(int shards, int silos, int threads)
    {
        long count = silos;
        while (count < Math.Max((long)silos * threads, shards))
        {
            count *= 2;
        }

        return checked((int)count);
    }
}
