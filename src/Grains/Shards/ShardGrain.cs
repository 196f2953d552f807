using System.Globalization;
using Granary.Contracts;
using Granary.Grains.Compute;
using Granary.Jobs;
using Granary.Model.Data;
using Orleans.GrainDirectory;
using Orleans.Placement;

namespace Granary.Grains.Shards;

/// <summary>See <see cref="IShardGrain"/>. Its loss costs one more reading of its part of the source.</summary>
/// <remarks>It lives in the silo of its only caller, the worker there: that is where the examples are needed.</remarks>
[PreferLocalPlacement, GrainDirectory(LocalGrainDirectory.Name), Immovable, KeepAlive]
internal sealed class ShardGrain(ShardRegistry registry, ReadingThreads reading, SiloIdentity silo) : Grain, IShardGrain
{
    private ShardData? _data;

    /// <summary>The key of a shard in a generation.</summary>
    public static string Key(GenerationId generation, int shard) =>
        string.Create(CultureInfo.InvariantCulture, $"{generation.JobId}/{shard}/{generation.Number}");

    // A job's id may hold anything but a slash.
    private string JobId => this.GetPrimaryKeyString().Split('/')[0];

    private int Shard => int.Parse(this.GetPrimaryKeyString().Split('/')[1], CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public async Task<ShardSurvey> Survey(Job job)
    {
        var shard = Shard;
        _data ??= await reading.Run(() => ShardData.Read(job, shard, reading.Means));
        return _data.Survey;
    }

    /// <inheritdoc/>
    public Task<TrainingStatistics> Statistics(Job job, DataFacts facts)
    {
        var (data, shard) = (_data, Shard);
        return reading.Run(() => (data ?? ShardData.Read(job, shard, reading.Means)).Statistics(facts));
    }

    /// <inheritdoc/>
    public async Task<string> Join(Job job, DataFacts facts)
    {
        var (data, shard) = (_data, Shard);
        await registry.Load(JobId, shard, () => reading.Run(() => (data ?? ShardData.Read(job, shard, reading.Means)).Prepare(facts)));
        _data = null; // the tensors hold all of it
        return silo.Name;
    }

    /// <inheritdoc/>
    public Task Leave()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }
}
