using System.Security.Cryptography;
using Granary.Contracts;
using Orleans.Placement;
using Orleans.Runtime;

namespace Granary.Grains.Coordination;

/// <summary>What the catalogue must not forget.</summary>
[GenerateSerializer, Alias("granary.CatalogueState")]
internal sealed class CatalogueState
{
    [Id(0)] public List<string> Jobs { get; set; } = [];

    [Id(1)] public List<string> Waiting { get; set; } = [];

    [Id(2)] public string? Running { get; set; }
}

/// <summary>See <see cref="ICatalogueGrain"/>. A cluster has room for one running job: it uses every silo.</summary>
[KeepAlive, Immovable]
internal sealed class CatalogueGrain([PersistentState("catalogue")] IPersistentState<CatalogueState> kept) : Grain, ICatalogueGrain
{
    /// <inheritdoc/>
    public async Task<string> Submit(Submission submission)
    {
        var id = submission.JobId ?? $"{submission.Job.Name}-{RandomNumberGenerator.GetHexString(6, lowercase: true)}";
        await Coordinator(id).Accept(submission);
        if (!kept.State.Jobs.Contains(id))
        {
            kept.State.Jobs.Add(id);
            kept.State.Waiting.Add(id);
        }

        await StartNext();
        return id;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<JobStatus>> List()
    {
        var found = await Task.WhenAll(kept.State.Jobs.Select(id => Coordinator(id).Status(int.MaxValue)));
        return [.. found.OfType<JobStatus>()];
    }

    /// <inheritdoc/>
    public async Task Released(string jobId)
    {
        if (kept.State.Running == jobId)
        {
            kept.State.Running = null;
        }

        await StartNext();
    }

    private async Task StartNext()
    {
        if (kept.State.Running is null && kept.State.Waiting.Count > 0)
        {
            kept.State.Running = kept.State.Waiting[0];
            kept.State.Waiting.RemoveAt(0);
            await kept.WriteStateAsync();
            await Coordinator(kept.State.Running).Start();
        }
        else
        {
            await kept.WriteStateAsync();
        }
    }

    private ICoordinatorGrain Coordinator(string id) => GrainFactory.GetGrain<ICoordinatorGrain>(id);
}
