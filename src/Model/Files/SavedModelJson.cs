using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granary.Model.Files;

/// <summary>How a saved model writes its metadata: keys and names as in job files.</summary>
internal static class SavedModelJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };
}
