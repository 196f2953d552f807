using System.Text.Json.Serialization;

namespace Granary.Contracts;

/// <summary>How a job is written as JSON, made when this is built: to find that out at run time took every process a tenth of a second of its
/// start.</summary>
[JsonSerializable(typeof(Job))]
internal sealed partial class JobsJson : JsonSerializerContext;
