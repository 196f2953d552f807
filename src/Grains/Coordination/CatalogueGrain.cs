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

    [Id(3)] public List<string> Running { get; set; } = [];
}

/// <summary>See <see cref="ICatalogueGrain"/>. A cluster has room for as many jobs at once as its silos are told; each uses every
/// silo, and on each an equal part of the compute threads.</summary>
[KeepAlive, Immovable]
internal sealed class CatalogueGrain([PersistentState("catalogue")] IPersistentState<CatalogueState> kept, SiloIdentity silo) : Grain, ICatalogueGrain
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
    public async Task<bool> Resume(string jobId)
    {
        if (!await Coordinator(jobId).Resume())
        {
            return false;
        }

        if (!kept.State.Waiting.Contains(jobId))
        {
            kept.State.Waiting.Add(jobId);
        }

        await StartNext();
        return true;
    }

    /// <inheritdoc/>
    public async Task Awake()
    {
        foreach (var running in kept.State.Running.ToArray())
        {
            if (await Coordinator(running).Status(int.MaxValue) is not { State: JobState.Running or JobState.Queued })
            {
                kept.State.Running.Remove(running); // it ended, or came to rest, just as the cluster was lost
            }
            else
            {
                await Coordinator(running).Start(); // lost between the two: a second start changes nothing
            }
        }

        await StartNext();
    }

    /// <inheritdoc/>
    public async Task Released(string jobId)
    {
        kept.State.Running.Remove(jobId);
        await StartNext();
    }

    private async Task StartNext()
    {
        while (kept.State.Running.Count < silo.Jobs && await TakeFirst() is { } id)
        {
            kept.State.Running.Add(id);
            await kept.WriteStateAsync();
            await Coordinator(id).Start();
            if (await Coordinator(id).Status(int.MaxValue) is { State: JobState.Cancelled or JobState.Paused })
            {
                kept.State.Running.Remove(id); // it was taken out while it waited
            }
        }

        await kept.WriteStateAsync();
    }

    // The highest priority first; among equals, whoever has waited longest.
    private async Task<string?> TakeFirst()
    {
        var waiting = new List<(string Id, int Priority)>();
        foreach (var id in kept.State.Waiting)
        {
            waiting.Add((id, (await Coordinator(id).Status(int.MaxValue))?.Priority ?? 0));
        }

        var first = waiting.Count == 0 ? null : waiting.MaxBy(w => w.Priority).Id;
        if (first is not null)
        {
            kept.State.Waiting.Remove(first);
        }

        return first;
    }

    private ICoordinatorGrain Coordinator(string id) => GrainFactory.GetGrain<ICoordinatorGrain>(id);
}
