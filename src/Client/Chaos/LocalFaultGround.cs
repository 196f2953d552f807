using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Client.Chaos;

/// <summary>Faults done to the silos of a lasting local cluster: to their processes by signals, within them by a call.</summary>
/// <param name="home">The cluster.</param>
/// <param name="client">Its client.</param>
/// <param name="job">The job that is watched.</param>
internal sealed class LocalFaultGround(ClusterHome home, GranaryClient client, string job) : IFaultGround
{
    private static readonly IReadOnlyDictionary<string, long> None = new Dictionary<string, long>();

    /// <inheritdoc/>
    public async Task<FaultView> Look(CancellationToken cancellation)
    {
        var status = await client.GetJob(job).Status(pointsKnown: int.MaxValue, after: null, cancellation);
        var members = status.State == JobState.Running ? status.Members.Where(m => Signal.Reaches(m.Pid)).ToDictionary(m => m.Name, m => (long)m.Pid) : [];
        var wanted = Math.Min(home.Wanted() ?? members.Count, status.Shards);
        return new FaultView(
            Knows(status) ? members : await Anybody(members, cancellation),
            status.Coordinator,
            status.Step,
            status is { State: JobState.Running, Resumed: not null } && members.Count == wanted && status.Members.Count == wanted,
            HasEnded(status));
    }

    // A job that waits in the queue has no silos yet, and that of its coordinator may be one that has no shards: any of the cluster.
    private static bool Knows(JobStatus status) =>
        status is { State: JobState.Running, Members.Count: > 0 } && (status.Coordinator is null || status.Members.Any(m => m.Name == status.Coordinator));

    private async Task<IReadOnlyDictionary<string, long>> Anybody(Dictionary<string, long> members, CancellationToken cancellation)
    {
        var silos = await client.ListSilosAsync(cancellation);
        return silos.Where(s => s.State == "active" && Signal.Reaches(s.Pid) && !members.ContainsKey(s.Name)).Select(s => KeyValuePair.Create(s.Name, (long)s.Pid))
            .Concat(members).ToDictionary();
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, long>> Begin(Fault fault, IReadOnlyDictionary<string, long> silos, CancellationToken cancellation)
    {
        switch (fault.Kind)
        {
            case FaultKind.Scale:
                home.Want((int)fault.Factor);
                return None;
            case FaultKind.Pause:
                await client.GetJob(job).Pause(cancellation);
                return None;
            default:
                var met = await Task.WhenAll(silos.Select(async s => (Silo: s, Met: await Begin(fault, s.Key, (int)s.Value))));
                return met.Where(m => m.Met).Select(m => m.Silo).ToDictionary();
        }
    }

    private async Task<bool> Begin(Fault fault, string silo, int pid) => fault.IsWithin
        ? await Within(() => client.InjectFault(silo, fault))
        : Signal.Send(pid, fault.Kind switch
        {
            FaultKind.Kill => Signal.Kill,
            FaultKind.Terminate => Signal.Terminate,
            _ => Signal.Stop,
        });

    // False: it has just died, or is frozen, by another line of the plan.
    private static async Task<bool> Within(Func<Task> call)
    {
        try
        {
            await call();
            return true;
        }
        catch (Exception e) when (e is LostPeerException or TimeoutException or Orleans.Runtime.OrleansException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public async Task End(Fault fault, IReadOnlyDictionary<string, long> silos)
    {
        if (fault.IsWithin)
        {
            // It has its own clock, but the plan may be given up before that.
            await Task.WhenAll(silos.Keys.Select(s => Within(() => client.ClearFault(s, fault.Kind))));
        }
        else if (fault.Kind == FaultKind.Freeze)
        {
            foreach (var pid in silos.Values)
            {
                Signal.Send((int)pid, Signal.Continue);
            }
        }
        else if (fault.Kind == FaultKind.Pause)
        {
            var status = await client.GetJob(job).GetStatusAsync();
            while (!HasEnded(status) && status.State != JobState.Paused)
            {
                await Task.Delay(50); // it has not come to rest yet
                status = await client.GetJob(job).GetStatusAsync();
            }

            if (status.State == JobState.Paused)
            {
                await client.GetJob(job).ResumeAsync();
            }
        }
    }

    private static bool HasEnded(JobStatus status) => status.State is JobState.Completed or JobState.Failed or JobState.Cancelled;
}
