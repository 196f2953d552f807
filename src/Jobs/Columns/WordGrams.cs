using System.Globalization;
using System.Text;

namespace Granary.Jobs;

/// <summary>The words of a text and the runs of several: letters, digits, marks and underscores in lower case; everything else only parts words.</summary>
public static class WordGrams
{
    /// <summary>The words, then each two that are next to each other, and so on, parted by a space.</summary>
    /// <param name="text">The text.</param>
    /// <param name="most">Words in a run, at the most.</param>
    public static IEnumerable<string> Of(string text, int most)
    {
        var words = Words(text);
        for (var n = 1; n <= most; n++)
        {
            for (var i = 0; i + n <= words.Count; i++)
            {
                yield return n == 1 ? words[i] : string.Join(' ', words.GetRange(i, n));
            }
        }
    }

    /// <summary>A character of a word as the word has it: in lower case.</summary>
    public static Rune Lower(Rune rune) => Rune.ToLowerInvariant(rune);

    private static List<string> Words(string text)
    {
        var (words, word) = (new List<string>(), new StringBuilder());
        foreach (var rune in text.EnumerateRunes())
        {
            if (Belongs(rune))
            {
                word.Append(Lower(rune));
            }
            else if (word.Length > 0)
            {
                words.Add(word.ToString());
                word.Clear();
            }
        }

        if (word.Length > 0)
        {
            words.Add(word.ToString());
        }

        return words;
    }

    /// <summary>Whether a character belongs to a word.</summary>
    public static bool Belongs(Rune rune) => rune.Value == '_' || Rune.IsLetter(rune) || Rune.IsNumber(rune)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;
}
