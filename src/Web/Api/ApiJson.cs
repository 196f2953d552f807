using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Contracts;

namespace Granary.Web.Api;

/// <summary>How documents are written.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(ClusterDocument))]
[JsonSerializable(typeof(IReadOnlyList<SiloDocument>))]
[JsonSerializable(typeof(IReadOnlyList<JobDocument>))]
[JsonSerializable(typeof(JobDetails))]
[JsonSerializable(typeof(IReadOnlyList<ArtifactDocument>))]
[JsonSerializable(typeof(SubmittedDocument))]
[JsonSerializable(typeof(IReadOnlyList<EventDocument>))]
[JsonSerializable(typeof(SeriesDocument))]
[JsonSerializable(typeof(GoodputDocument))]
[JsonSerializable(typeof(CallerDocument))]
[JsonSerializable(typeof(IReadOnlyList<TokenDocument>))]
[JsonSerializable(typeof(NewTokenDocument))]
[JsonSerializable(typeof(AuditTrail))]
[JsonSerializable(typeof(UploadDocument))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>Has the server write them so.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.TypeInfoResolverChain.Insert(0, Default);
        options.NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals; // a diverged job's loss may be "NaN"
    }
}
