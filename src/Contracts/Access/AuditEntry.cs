namespace Granary.Contracts;

/// <summary>A change that somebody has asked for.</summary>
/// <param name="At">When it was answered.</param>
/// <param name="Who">Name of the token, or of the user of an identity provider ("oidc:NAME"); "home" and "bootstrap" are the silo's own keys, "anybody" is whoever reaches a server that asks for none.</param>
/// <param name="Role">"viewer", "submitter" or "operator".</param>
/// <param name="From">The address that the connection came from.</param>
/// <param name="Action">"job.submit", "token.revoke", ...</param>
/// <param name="What">The job, or the token; null where it is not known, as of a job that was refused.</param>
/// <param name="Result">"done", "refused" (not allowed, or wrong), "failed", or "cut off": whoever asked did not wait for the answer. "asked": what came of it is not known, as where the silo died at it or the disk was full by then.</param>
/// <param name="Status">The HTTP status that was answered; 0: none is known.</param>
/// <param name="Silo">The silo that answered.</param>
/// <param name="Call">Names the call: what is noted before it is carried out and what came of it have the same. Null: an earlier build's.</param>
[GenerateSerializer, Immutable, Alias("granary.AuditEntry")]
public sealed record AuditEntry(
    [property: Id(0)] DateTimeOffset At,
    [property: Id(1)] string Who,
    [property: Id(2)] string Role,
    [property: Id(3)] string From,
    [property: Id(4)] string Action,
    [property: Id(5)] string? What,
    [property: Id(6)] string Result,
    [property: Id(7)] int Status,
    [property: Id(8)] string Silo,
    [property: Id(9)] string? Call)
{
    /// <summary>The result of a call that has not been answered.</summary>
    public const string Asked = "asked";
}
