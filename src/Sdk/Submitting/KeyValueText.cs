using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Granary.Sdk.Submitting;

/// <summary>A value as job files write it. A plain rule: JSON is YAML too, and what needs no quotes gets none.</summary>
internal static partial class KeyValueText
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A text, a number, a truth value, or a list of them.</summary>
    public static string Of(object value) => value is string text && Bare().IsMatch(text) ? text : JsonSerializer.Serialize(value, Plain);

    [GeneratedRegex("^(?!(?i:null)$)[A-Za-z/.][A-Za-z0-9_/.-]*$")]
    private static partial Regex Bare();
}
