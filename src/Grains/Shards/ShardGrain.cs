using Granary.Contracts;
using Granary.Grains.Compute;
using Granary.Jobs;
using Granary.Model.Data;
using Orleans.Placement;

namespace Granary.Grains.Shards;

/// <summary>See <see cref="IShardGrain"/>. Its loss costs one more reading of its part of the source.</summary>
[RandomPlacement, Immovable, KeepAlive] // not local: that strategy is deaf to the hint with which workers call
internal sealed class ShardGrain(ShardRegistry registry, ReadingThreads reading, SiloIdentity silo) : Grain, IShardGrain
{
    private ShardData? _data;
    private Examples? _examples;

    private string JobId => this.GetPrimaryKeyString()[..this.GetPrimaryKeyString().LastIndexOf('/')];

    private int Shard => int.Parse(
        this.GetPrimaryKeyString().AsSpan(this.GetPrimaryKeyString().LastIndexOf('/') + 1),
        System.Globalization.CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public async Task<ShardSurvey?> Survey(Job job, string expectedSilo)
    {
        if (expectedSilo != silo.Name)
        {
            DeactivateOnIdle();
            return null;
        }

        var shard = Shard;
        _data ??= await reading.Run(() => ShardData.Read(job, shard));
        return _data.Survey;
    }

    /// <inheritdoc/>
    public Task<TrainingStatistics> Statistics(DataFacts facts)
    {
        var data = Data();
        return reading.Run(() => data.Statistics(facts));
    }

    /// <inheritdoc/>
    public async Task<bool> Join(Job job, DataFacts facts, string expectedSilo)
    {
        if (expectedSilo != silo.Name)
        {
            DeactivateOnIdle();
            return false;
        }

        _examples ??= await registry.TakePreloaded(JobId, Shard) ?? await Prepare(job, facts);
        _data = null; // the tensors hold all of it
        registry.Add(JobId, Shard, _examples);
        return true;
    }

    private Task<Examples> Prepare(Job job, DataFacts facts)
    {
        var (data, shard) = (_data, Shard);
        return reading.Run(() => (data ?? ShardData.Read(job, shard)).Prepare(facts));
    }

    /// <inheritdoc/>
    public Task Leave(string expectedSilo)
    {
        if (expectedSilo == silo.Name)
        {
            DeactivateOnIdle();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_examples is not null)
        {
            registry.Remove(JobId, Shard);
            _examples.Dispose(); // a run that still uses them has a lease of its own
        }

        return Task.CompletedTask;
    }

    private ShardData Data() => _data
        ?? throw new InvalidOperationException($"Shard {this.GetPrimaryKeyString()} was asked for its examples before it had read them.");
}
