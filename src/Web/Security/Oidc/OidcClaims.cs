using System.Text.Json;

namespace Granary.Web.Security;

/// <summary>What a token's claims say. Plain rules.</summary>
internal static class OidcClaims
{
    /// <summary>The texts of a claim: one, or those of a list; none where it is missing or something else.</summary>
    /// <param name="payload">The token's claims.</param>
    /// <param name="claim">Its name. Where there is none of that name, dots lead into objects: realm_access.roles.</param>
    public static IReadOnlyList<string> Texts(JsonElement payload, string claim) => Find(payload, claim) switch
    {
        { ValueKind: JsonValueKind.String } text => [text.GetString()!],
        { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray().Where(v => v.ValueKind == JsonValueKind.String).Select(v => v.GetString()!)],
        _ => [],
    };

    private static JsonElement? Find(JsonElement at, string claim)
    {
        if (at.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        if (at.TryGetProperty(claim, out var found))
        {
            return found;
        }

        var dot = claim.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && at.TryGetProperty(claim[..dot], out var inner) ? Find(inner, claim[(dot + 1)..]) : null;
    }
}
