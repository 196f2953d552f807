using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granary.Contracts;

/// <summary>A cluster's records as JSON, whole, for Granary's own clients that speak HTTP.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)] // a diverged job's loss may be "NaN"
[JsonSerializable(typeof(SubmissionDocument))]
[JsonSerializable(typeof(JobStatus))]
[JsonSerializable(typeof(IReadOnlyList<JobStatus>))]
[JsonSerializable(typeof(IReadOnlyList<SiloInfo>))]
[JsonSerializable(typeof(IReadOnlyList<JobEvent>))]
[JsonSerializable(typeof(GoodputReport))]
[JsonSerializable(typeof(JobActivity))]
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(string))]
public sealed partial class ClusterJson : JsonSerializerContext
{
    /// <summary>Where a silo's HTTP server has them. The last part is their version: raised where a build would misread what another one writes. Builds of
    /// other versions do not find each other, and use Orleans.</summary>
    public const string Path = "/api/v1/records/1";
}
