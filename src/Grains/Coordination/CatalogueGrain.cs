using System.Security.Cryptography;
using Granary.Contracts;
using Granary.Jobs;
using Orleans.Placement;

namespace Granary.Grains.Coordination;

/// <summary>The stored state of the catalogue.</summary>
[GenerateSerializer, Alias("granary.CatalogueState")]
internal sealed class CatalogueState
{
    /// <summary>Every job, oldest first.</summary>
    [Id(0)] public List<string> Jobs { get; set; } = [];

    /// <summary>Those that had not ended when they were last looked at, oldest first.</summary>
    [Id(4)] public List<string>? Open { get; set; }
}

/// <summary>See <see cref="ICatalogueGrain"/>. A cluster runs as many jobs at once as its silos are configured for; each uses every
/// silo, and on each an equal part of the compute threads. Which jobs run and which wait is not stored here a second time: their
/// coordinators are asked, so that the two never disagree.</summary>
[KeepAlive, Immovable]
internal sealed class CatalogueGrain([PersistentState("catalogue")] IPersistentState<CatalogueState> kept, SiloIdentity silo) : Grain, ICatalogueGrain
{
    private const int Looks = 5;

    private Task _next = Task.CompletedTask; // a call of Awake that has not begun

    // Behind whatever is being done. A call that has waited too long is dropped by Orleans, and made again.
    private async Task Look()
    {
        for (var tries = 1; tries <= Looks; tries++)
        {
            try
            {
                await this.AsReference<ICatalogueGrain>().Awake();
                return;
            }
            catch (Exception e) when (e is OrleansException or TimeoutException)
            {
                // The next try, or the minute's reminder of a job that waits.
            }
        }
    }

    /// <inheritdoc/>
    public async Task<string> Submit(Submission submission)
    {
        var id = submission.JobId ?? $"{submission.Job.Name}-{RandomNumberGenerator.GetHexString(6, lowercase: true)}";
        if (!JobName.IsGoodId(id))
        {
            throw new JobException($"'{id}' is no job's id: it must be 1 to 128 letters, digits, '-', '_' or '.'.");
        }

        await Coordinator(id).Accept(submission);
        if (!kept.State.Jobs.Contains(id))
        {
            kept.State.Jobs.Add(id);
            Open.Add(id);
        }

        await kept.WriteStateAsync(); // also where a try before this one failed here
        await StartNext();
        return id;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<JobStatus>> List()
    {
        string[] ids = [.. kept.State.Jobs]; // others may be added while this waits
        return [.. (await Task.WhenAll(ids.Select(id => Coordinator(id).Status(int.MaxValue)))).OfType<JobStatus>()];
    }

    /// <inheritdoc/>
    public async Task<bool> Resume(string jobId)
    {
        var queued = await Coordinator(jobId).Resume();
        await StartNext();
        return queued;
    }

    /// <inheritdoc/>
    public Task Awake()
    {
        _next = Task.CompletedTask; // whoever comes from now on may have news that this does not see
        return StartNext();
    }

    /// <inheritdoc/>
    public Task Wake()
    {
        if (_next.IsCompleted)
        {
            _next = Look();
        }

        return Task.CompletedTask;
    }

    // Starting a job that has started changes nothing, so it does not matter where this was cut short the last time. A job whose
    // coordinator does not answer counts as running, and does not block other jobs.
    private async Task StartNext()
    {
        var asked = await Task.WhenAll(Open.Select(async id => (Id: id, Status: await Try(async () => await Coordinator(id).Status(int.MaxValue)))));
        var queued = asked.Where(a => a.Status is { Answered: true, Value.State: JobState.Queued }).Select(a => a.Status.Value!);
        var room = silo.Jobs - asked.Count(a => a.Status is { Answered: false } or { Value.State: JobState.Running });
        foreach (var next in queued.OrderByDescending(s => s.Priority).Take(Math.Max(0, room)))
        {
            await Try(async () =>
            {
                await Coordinator(next.JobId).Start();
                return true;
            });
        }

        string[] open = [.. asked.Where(a => a.Status is { Answered: false } or { Value.State: JobState.Queued or JobState.Running or JobState.Paused }).Select(a => a.Id)];
        if (open.Length < Open.Count)
        {
            kept.State.Open = [.. open];
            await kept.WriteStateAsync();
        }
    }

    private static async Task<(bool Answered, T? Value)> Try<T>(Func<Task<T>> ask)
    {
        try
        {
            return (true, await ask());
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            return (false, default);
        }
    }

    private List<string> Open => kept.State.Open ??= [.. kept.State.Jobs];

    private ICoordinatorGrain Coordinator(string id) => GrainFactory.GetGrain<ICoordinatorGrain>(id);
}
