using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granary.Jobs;

/// <summary>A kind's name as JSON. Earlier builds wrote a number where they did not write a name: its place in a list that no longer grows.</summary>
/// <param name="earlier">That list.</param>
internal abstract class KindConverter(params string[] earlier) : JsonConverter<string>
{
    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        // Where names are written for all that has them, a number is none of ours.
        var mayBeNumber = !options.Converters.OfType<JsonStringEnumConverter>().Any();
        return reader.TokenType switch
        {
            JsonTokenType.String => reader.GetString()!,
            JsonTokenType.Number when mayBeNumber && reader.TryGetInt32(out var place) && place >= 0 && place < earlier.Length => earlier[place],
            _ => throw new JsonException("a kind is a name"),
        };
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}

/// <summary>Of models. A kind of one's own was "own", with its name beside it: see <see cref="ModelSection"/>.</summary>
internal sealed class ModelKindConverter() : KindConverter("logistic", "softmax", "mlp", "transformer", "skip-gram", "own");

/// <summary>Of formats of data.</summary>
internal sealed class FormatConverter() : KindConverter("csv", "idx", "text", "libsvm", "parquet");
