using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granary.Model.Files;

/// <summary>How a saved model writes its metadata: keys and names as in job files.</summary>
internal static class SavedModelJson
{
    // What nothing was written for must not be read as something: no numbers for names, no null where none may be.
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false) },
        NumberHandling = JsonNumberHandling.Strict,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };
}
