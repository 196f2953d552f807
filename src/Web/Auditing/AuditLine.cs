using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Contracts;

namespace Granary.Web.Auditing;

/// <summary>An entry as it is written: one before its call is carried out, and one with what came of it.</summary>
/// <param name="Call">Both have the same.</param>
internal sealed record AuditLine(
    DateTimeOffset At, string Who, string Role, string From, string Action, string? What, string Result, int Status, string Silo, string? Call)
    : AuditEntry(At, Who, Role, From, Action, What, Result, Status, Silo)
{
    /// <summary>The entry alone.</summary>
    public AuditEntry Entry() => new(At, Who, Role, From, Action, What, Result, Status, Silo);
}

/// <summary>How they are written: one to a line.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(AuditLine))]
internal sealed partial class AuditJson : JsonSerializerContext;
