using System.Globalization;
using System.Text;

namespace Granary.Jobs;

/// <summary>Names of jobs: they stand in paths and on command lines, so that they are short and plain.</summary>
public static class JobName
{
    private const int Longest = 64;

    // Each base letter with the accented ones it stands for.
    private static readonly string[] Accented =
    [
        "aàáâãäåāăąǎ", "cçćĉċč", "dďđð", "eèéêëēĕėęěǝ", "gĝğġģ", "hĥħ", "iìíîïĩīĭįıǐ", "jĵ", "kķ", "lĺļľŀł", "nñńņňŋ", "oòóôõöøōŏőǒ", "rŕŗř",
        "sśŝşšș", "tţťŧț", "uùúûüũūŭůűųǔ", "wŵ", "yýÿŷ", "zźżž",
    ];

    private static readonly Dictionary<char, string> Plain = Accented
        .SelectMany(letters => letters[1..].Select(c => (c, letters[..1])))
        .Concat([('æ', "ae"), ('œ', "oe"), ('ß', "ss"), ('þ', "th")])
        .ToDictionary(p => p.Item1, p => p.Item2);

    /// <summary>What a name must be, for messages.</summary>
    internal const string Rule = "1 to 64 letters, digits, '-', '_' or '.'";

    /// <summary>Whether a text can be a job's id: a name with something behind it. It becomes a part of paths.</summary>
    public static bool IsGoodId(string text) => text.Length is > 0 and <= 2 * Longest && text.All(IsGood) && text is not ("." or "..");

    /// <summary>Whether a text can be a job's name.</summary>
    public static bool IsGood(string text) => text.Length is > 0 and <= Longest && text.All(IsGood);

    /// <summary>The name that comes nearest to any text: accents are left out, and whatever a name cannot hold becomes one hyphen. "my job é"
    /// gives "my-job-e". Null where no letter and no digit is left.</summary>
    public static string? From(string text)
    {
        var name = new StringBuilder();
        foreach (var c in text)
        {
            if (IsGood(c))
            {
                name.Append(c);
            }
            else if (Plain.TryGetValue(char.ToLowerInvariant(c), out var letters))
            {
                name.Append(char.IsUpper(c) ? letters.ToUpperInvariant() : letters);
            }
            else if (CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark && (name.Length == 0 || name[^1] != '-'))
            {
                name.Append('-');
            }
        }

        // Names of files that are good already stay as they are.
        var made = IsGood(text) ? text : name.ToString().Trim('-');
        made = made.Length <= Longest ? made : made[..Longest].TrimEnd('-');
        return made.Any(char.IsAsciiLetterOrDigit) ? made : null;
    }

    private static bool IsGood(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.';
}
