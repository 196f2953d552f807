using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Contracts;

namespace Granary.Web.Auditing;

/// <summary>How entries are written: one to a line.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(AuditEntry))]
internal sealed partial class AuditJson : JsonSerializerContext;
