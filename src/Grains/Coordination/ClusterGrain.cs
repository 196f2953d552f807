using Granary.Contracts;
using Granary.Grains.Liveness;
using Granary.Grains.Workers;
using Granary.Jobs;
using Orleans.Concurrency;

namespace Granary.Grains.Coordination;

/// <summary>See <see cref="IClusterGrain"/>.</summary>
[StatelessWorker]
internal sealed class ClusterGrain(IClusterMembershipService cluster, IWorkerClient workers, Patience patience) : Grain, IClusterGrain
{
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(5); // callers wait no longer than this for the whole answer

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SiloInfo>> Silos() =>
        [.. (await Task.WhenAll(Living().Select(Ask))).OrderBy(s => s.Name, StringComparer.Ordinal)];

    /// <inheritdoc/>
    public Task InjectFault(string silo, Fault fault) => Worker(silo).InjectFault(fault);

    /// <inheritdoc/>
    public Task ClearFault(string silo, FaultKind kind) => Worker(silo).ClearFault(kind);

    /// <inheritdoc/>
    public async Task<AuditTrail> Audit(int most, string? except)
    {
        var asked = await Task.WhenAll(Living().Where(m => m.Name != except).Select(async m => (m.Name, Entries: await Audit(m, most))));
        return new AuditTrail(
            AuditTrail.Newest(asked.SelectMany(a => a.Entries ?? []), most), [.. asked.Where(a => a.Entries is null).Select(a => a.Name).Order(StringComparer.Ordinal)]);
    }

    // Null: it does not say.
    private async Task<IReadOnlyList<AuditEntry>?> Audit(ClusterMember member, int most)
    {
        try
        {
            return await workers.At(member.SiloAddress).Audit(most).WaitAsync(LongestTime);
        }
#pragma warning disable CA1031 // it may be of a build that has no such call, its disk may be broken: the others' entries are told all the same
        catch (Exception)
#pragma warning restore CA1031
        {
            return null;
        }
    }

    private IEnumerable<ClusterMember> Living() =>
        cluster.CurrentSnapshot.Members.Values.Where(m => m.Status is SiloStatus.Active or SiloStatus.ShuttingDown or SiloStatus.Stopping);

    private TimeSpan LongestTime => patience.Stretch(AnswerTime) is var time && time < LongestAnswer ? time : LongestAnswer;

    private IWorker Worker(string silo) =>
        cluster.CurrentSnapshot.Members.Values.FirstOrDefault(m => m.Name == silo && m.Status == SiloStatus.Active) is { SiloAddress: { } address }
            ? workers.At(address)
            : throw new LostPeerException($"no silo of the name {silo} lives");

    private async Task<SiloInfo> Ask(ClusterMember member)
    {
        try
        {
            var info = await workers.At(member.SiloAddress).Describe().WaitAsync(LongestTime);
            return member.Status == SiloStatus.Active ? info : info with { State = "leaving" };
        }
        catch (Exception e) when (e is TimeoutException or OrleansException)
        {
            return new SiloInfo(member.Name, member.SiloAddress.ToParsableString(), 0, "silent", 0, "", "", "", 0);
        }
    }
}
