namespace Granary.Contracts;

/// <summary>What the silos' audit logs have together.</summary>
/// <param name="Entries">The newest, oldest first.</param>
/// <param name="Silent">Living silos that did not say theirs, by name: their entries are missing.</param>
[GenerateSerializer, Immutable, Alias("granary.AuditTrail")]
public sealed record AuditTrail([property: Id(0)] IReadOnlyList<AuditEntry> Entries, [property: Id(1)] IReadOnlyList<string> Silent)
{
    /// <summary>The newest of some entries, oldest first. What several silos tell, because they share a folder, is there once. Plain rule.</summary>
    /// <param name="entries">In any order.</param>
    /// <param name="most">How many at the most.</param>
    public static IReadOnlyList<AuditEntry> Newest(IEnumerable<AuditEntry> entries, int most) => [.. entries.Distinct().OrderBy(e => e.At).TakeLast(most)];
}
