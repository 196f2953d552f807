using Granary.Contracts;
using Microsoft.Extensions.Logging;

namespace Granary.Grains.Workers;

/// <summary>On shutdown, a silo leaves its jobs at a step boundary, before any of its services stop.</summary>
internal sealed partial class Departure(IGrainFactory grains, SiloIdentity silo, JobTable jobs, ILogger<Departure> logger) : ILifecycleParticipant<ISiloLifecycle>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Whether it has been told to stop: no new generation counts on it.</summary>
    public bool Begun { get; private set; }

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
        nameof(Departure), ServiceLifecycleStage.Active + 1, Arrive, Leave);

    // The first silo to start resumes the jobs that were running when the whole cluster was lost.
    private async Task Arrive(CancellationToken cancellation)
    {
        try
        {
            await grains.GetGrain<ICatalogueGrain>(0).Awake().WaitAsync(Patience, cancellation);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException or OperationCanceledException)
        {
            LogNotAwake(logger, e.Message); // the jobs' reminders do it within a minute
        }
    }

    private async Task Leave(CancellationToken cancellation)
    {
        Begun = true;
        foreach (var job in jobs.Ids)
        {
            try
            {
                await grains.GetGrain<ICoordinatorGrain>(job).Leave(silo.Name).WaitAsync(Patience, cancellation);
            }
            catch (Exception e) when (e is OrleansException or TimeoutException or OperationCanceledException)
            {
                LogAbrupt(logger, job, e.Message); // as if it had been killed: nothing is lost by that
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Unfinished jobs could not be resumed yet, and are tried again within a minute: {Reason}")]
    private static partial void LogNotAwake(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Warning, "Job {Job} was left without waiting for a step boundary: {Reason}")]
    private static partial void LogAbrupt(ILogger logger, string job, string reason);
}
