using System.Security.Cryptography;
using Granary.Contracts;
using Orleans.Placement;
using Orleans.Runtime;

namespace Granary.Grains.Coordination;

/// <summary>What the catalogue must not forget.</summary>
[GenerateSerializer, Alias("granary.CatalogueState")]
internal sealed class CatalogueState
{
    /// <summary>Every job, oldest first.</summary>
    [Id(0)] public List<string> Jobs { get; set; } = [];

    /// <summary>Those that had not ended when they were last looked at, oldest first.</summary>
    [Id(1)] public List<string> Open { get; set; } = [];
}

/// <summary>See <see cref="ICatalogueGrain"/>. A cluster has room for as many jobs at once as its silos are told; each uses every
/// silo, and on each an equal part of the compute threads. Which jobs run and which wait is not written down a second time: their
/// coordinators are asked, so that the two can never disagree.</summary>
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
            kept.State.Open.Add(id);
        }

        await kept.WriteStateAsync(); // also where a try before this one failed here
        await StartNext();
        return id;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<JobStatus>> List() => await Ask(kept.State.Jobs);

    /// <inheritdoc/>
    public async Task<bool> Resume(string jobId)
    {
        var queued = await Coordinator(jobId).Resume();
        await StartNext();
        return queued;
    }

    /// <inheritdoc/>
    public Task Awake() => StartNext();

    // Starting a job that has started changes nothing, so it does not matter where this was cut short the last time.
    private async Task StartNext()
    {
        var open = (await Ask(kept.State.Open)).Where(s => s.State is JobState.Queued or JobState.Running or JobState.Paused).ToArray();
        var room = silo.Jobs - open.Count(s => s.State == JobState.Running);
        foreach (var next in open.Where(s => s.State == JobState.Queued).OrderByDescending(s => s.Priority).Take(Math.Max(0, room)))
        {
            await Coordinator(next.JobId).Start();
        }

        if (open.Length < kept.State.Open.Count)
        {
            kept.State.Open = [.. open.Select(s => s.JobId)];
            await kept.WriteStateAsync();
        }
    }

    private async Task<JobStatus[]> Ask(IEnumerable<string> jobs) =>
        [.. (await Task.WhenAll(jobs.Select(id => Coordinator(id).Status(int.MaxValue)))).OfType<JobStatus>()];

    private ICoordinatorGrain Coordinator(string id) => GrainFactory.GetGrain<ICoordinatorGrain>(id);
}
