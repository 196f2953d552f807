using System.Collections.Concurrent;
using Granary.Client.Local;
using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Client.Chaos;

/// <summary>Faults done to the silos of a lasting local cluster: to their processes by signals, within them by a call.</summary>
/// <param name="home">The cluster.</param>
/// <param name="client">Its client.</param>
/// <param name="job">The job that is watched.</param>
internal sealed class LocalFaultGround(ClusterHome home, GranaryClient client, string job) : IFaultGround
{
    private readonly ConcurrentDictionary<string, int> _frozen = [];
    private IReadOnlyDictionary<string, int> _pids = new Dictionary<string, int>();

    /// <inheritdoc/>
    public async Task<FaultView> Look(CancellationToken cancellation)
    {
        var status = await client.Status(job).WaitAsync(cancellation);
        var living = (status.Members.Count > 0 ? status.Members.Select(m => (m.Name, m.Pid)) : await Anybody(cancellation))
            .Where(m => Signal.Reaches(m.Pid)).ToArray();
        _pids = living.ToDictionary(m => m.Name, m => m.Pid);
        var wanted = Math.Min(home.Wanted() ?? living.Length, status.Shards);
        return new FaultView(
            living.ToDictionary(m => m.Name, m => (long)m.Pid),
            status.Coordinator,
            status.Step,
            status is { State: JobState.Running, Resumed: not null } && living.Length == wanted && status.Members.Count == wanted,
            HasEnded(status));
    }

    // A job that waits in the queue has no silos yet: whichever the cluster has.
    private async Task<IEnumerable<(string Name, int Pid)>> Anybody(CancellationToken cancellation) =>
        (await client.Silos().WaitAsync(cancellation)).Where(s => s.State == "active").Select(s => (s.Name, s.Pid));

    /// <inheritdoc/>
    public async Task Begin(Fault fault, IReadOnlyList<string> silos, CancellationToken cancellation)
    {
        switch (fault.Kind)
        {
            case FaultKind.Scale:
                home.Want((int)fault.Factor);
                break;
            case FaultKind.Pause:
                await client.Pause(job);
                break;
            default:
                await Task.WhenAll(silos.Select(s => Begin(fault, s)));
                break;
        }
    }

    private async Task Begin(Fault fault, string silo)
    {
        if (fault.IsWithin)
        {
            await Within(() => client.Suffer(silo, fault));
            return;
        }

        if (!_pids.TryGetValue(silo, out var pid))
        {
            return;
        }

        Signal.Send(pid, fault.Kind switch
        {
            FaultKind.Kill => Signal.Kill,
            FaultKind.Terminate => Signal.Terminate,
            _ => Signal.Stop,
        });
        if (fault.Kind == FaultKind.Freeze)
        {
            _frozen[silo] = pid;
        }
    }

    private static async Task Within(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (Exception e) when (e is LostPeerException or TimeoutException or Orleans.Runtime.OrleansException)
        {
            // It has just died, or is frozen, by another line of the plan.
        }
    }

    /// <inheritdoc/>
    public async Task End(Fault fault, IReadOnlyList<string> silos)
    {
        if (fault.IsWithin)
        {
            // It has its own clock, but the plan may be given up before that.
            await Task.WhenAll(silos.Select(s => Within(() => client.Lift(s, fault.Kind))));
        }
        else if (fault.Kind == FaultKind.Freeze)
        {
            foreach (var silo in silos)
            {
                if (_frozen.TryGetValue(silo, out var pid))
                {
                    Signal.Send(pid, Signal.Continue);
                }
            }
        }
        else if (fault.Kind == FaultKind.Pause)
        {
            var status = await client.Status(job);
            while (!HasEnded(status) && status.State != JobState.Paused)
            {
                await Task.Delay(50); // it has not come to rest yet
                status = await client.Status(job);
            }

            if (status.State == JobState.Paused)
            {
                await client.Resume(job);
            }
        }
    }

    private static bool HasEnded(JobStatus status) => status.State is JobState.Completed or JobState.Failed or JobState.Cancelled;
}
