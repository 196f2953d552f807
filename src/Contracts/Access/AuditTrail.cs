namespace Granary.Contracts;

/// <summary>What the silos' audit logs have together.</summary>
/// <param name="Entries">The newest, oldest first, by the clock of the silo that noted each.</param>
/// <param name="Silent">Living silos that did not say theirs, by name: their entries are missing.</param>
[GenerateSerializer, Immutable, Alias("granary.AuditTrail")]
public sealed record AuditTrail([property: Id(0)] IReadOnlyList<AuditEntry> Entries, [property: Id(1)] IReadOnlyList<string> Silent)
{
    /// <summary>The newest of some entries, oldest first: of each call one, with what came of it where that is known. Silos that share a folder tell the same, at different moments. Plain rule.</summary>
    /// <param name="entries">In any order.</param>
    /// <param name="most">How many at the most.</param>
    public static IReadOnlyList<AuditEntry> Newest(IEnumerable<AuditEntry> entries, int most) =>
        [.. entries.Distinct().GroupBy(e => e.Call is null ? (object)e : e.Call).Select(Known).OrderBy(e => e.At).TakeLast(most)];

    private static AuditEntry Known(IEnumerable<AuditEntry> call) => call.FirstOrDefault(e => e.Result != AuditEntry.Asked) ?? call.First();
}
