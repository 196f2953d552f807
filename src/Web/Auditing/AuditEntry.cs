using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granary.Web.Auditing;

/// <summary>A change that somebody has asked for.</summary>
/// <param name="At">When it was answered.</param>
/// <param name="Who">Name of the token; "home" and "bootstrap" are the silo's own keys, "anybody" is whoever reaches a server that asks for none.</param>
/// <param name="Role">"viewer", "submitter" or "operator".</param>
/// <param name="From">The address that the connection came from.</param>
/// <param name="Action">"job.submit", "token.revoke", ...</param>
/// <param name="What">The job, or the token; null where it is not known, as of a job that was refused.</param>
/// <param name="Result">"done", "refused" (not allowed, or wrong), "failed", or "cut off": whoever asked did not wait for the answer. "asked": what came of it is not known, as where the silo died at it or the disk was full by then.</param>
/// <param name="Status">The HTTP status that was answered; 0: none is known.</param>
/// <param name="Silo">The silo that answered.</param>
public record AuditEntry(DateTimeOffset At, string Who, string Role, string From, string Action, string? What, string Result, int Status, string Silo);

/// <summary>An entry as it is written: one before its call is carried out, and one with what came of it.</summary>
/// <param name="Call">Both have the same.</param>
internal sealed record AuditLine(
    DateTimeOffset At, string Who, string Role, string From, string Action, string? What, string Result, int Status, string Silo, string? Call)
    : AuditEntry(At, Who, Role, From, Action, What, Result, Status, Silo);

/// <summary>How they are written: one to a line.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(AuditLine))]
internal sealed partial class AuditJson : JsonSerializerContext;
