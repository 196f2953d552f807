using Granary.Contracts;

namespace Granary.Web.Security;

/// <summary>Which role the values of a claim give. Plain rules.</summary>
public static class OidcRoles
{
    /// <summary>viewer, submitter and operator, each by its own name.</summary>
    public static IReadOnlyDictionary<string, Role> Own { get; } =
        Enum.GetValues<Role>().ToDictionary(r => r.ToString().ToLowerInvariant(), r => r, StringComparer.Ordinal);

    /// <summary>Reads VALUE=ROLE, with commas between several.</summary>
    /// <returns>The roles; null: the text is none of that form.</returns>
    public static IReadOnlyDictionary<string, Role>? Parse(string text)
    {
        var roles = new Dictionary<string, Role>(StringComparer.Ordinal);
        foreach (var pair in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var at = pair.LastIndexOf('=');
            if (at <= 0 || !Own.TryGetValue(pair[(at + 1)..].Trim(), out var role) || !roles.TryAdd(pair[..at].Trim(), role))
            {
                return null;
            }
        }

        return roles;
    }

    /// <summary>The highest role that some values give; null: none.</summary>
    public static Role? Highest(IReadOnlyDictionary<string, Role> roles, IEnumerable<string> values)
    {
        Role? highest = null;
        foreach (var value in values)
        {
            highest = roles.TryGetValue(value, out var role) && !(highest >= role) ? role : highest;
        }

        return highest;
    }
}
