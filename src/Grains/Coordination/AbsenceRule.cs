using System.Globalization;
using Granary.Contracts;

namespace Granary.Grains.Coordination;

/// <summary>Which silos take no part in a generation, though they were meant to or could have, and why. Plain rules.</summary>
internal static class AbsenceRule
{
    /// <summary>What is known when a generation has been chosen; silos by name.</summary>
    /// <param name="Members">Those that take part.</param>
    /// <param name="Silent">Those that did not answer in time.</param>
    /// <param name="Leaving">Those that have been told to stop.</param>
    /// <param name="Idle">Those that answered and were not chosen.</param>
    /// <param name="Strangers">Those of the idle that compute on something else than the job.</param>
    /// <param name="Shards">Shards of the job.</param>
    /// <param name="AnswerTime">How long an answer was waited for.</param>
    /// <param name="Wrong">Those whose gradients of this job are wrong.</param>
    /// <param name="Aside">Those of the idle that are left out for a while, and why.</param>
    public sealed record Chosen(
        IReadOnlyCollection<string> Members, IReadOnlyCollection<string> Silent, IReadOnlyCollection<string> Leaving,
        IReadOnlyCollection<string> Idle, IReadOnlyCollection<string> Strangers, int Shards, TimeSpan AnswerTime,
        IReadOnlyCollection<string> Wrong, IReadOnlyDictionary<string, string> Aside);

    /// <summary>Names them, in order of their names.</summary>
    /// <param name="expected">Silos that the job was submitted for; null: any. Then silos without a shard are not absent.</param>
    /// <param name="chosen">What is known.</param>
    /// <param name="cluster">What the cluster's membership says of a name; null: nothing.</param>
    public static List<AbsentSilo> Of(IReadOnlyCollection<string>? expected, Chosen chosen, Func<string, SiloStatus?> cluster) =>
    [
        .. (expected ?? []).Concat(chosen.Silent).Concat(chosen.Strangers).Concat(chosen.Wrong).Concat(chosen.Aside.Keys).Distinct()
            .Where(name => !chosen.Members.Contains(name))
            .Order(StringComparer.Ordinal)
            .Select(name => new AbsentSilo(name, Why(name, chosen, cluster(name)))),
    ];

    private static string Why(string name, Chosen chosen, SiloStatus? status) =>
        chosen.Silent.Contains(name) ? string.Create(CultureInfo.InvariantCulture, $"it did not answer within {chosen.AnswerTime.TotalSeconds:0.#} s")
        : chosen.Wrong.Contains(name) ? "its gradients are wrong"
        : chosen.Leaving.Contains(name) ? "it had been told to stop"
        : chosen.Strangers.Contains(name) ? "its platform or its build differs from the job's"
        : chosen.Aside.TryGetValue(name, out var why) ? why
        : chosen.Idle.Contains(name) ? chosen.Members.Count >= chosen.Shards ? "there was no shard left for it" : "it had failed in this job before"
        : status switch
        {
            SiloStatus.Joining or SiloStatus.Created => "it had not joined the cluster yet",
            SiloStatus.Active or SiloStatus.ShuttingDown or SiloStatus.Stopping => "it had been told to stop",
            SiloStatus.Dead => "it had ended, or the cluster had declared it dead",
            _ => "it had not joined the cluster",
        };
}
