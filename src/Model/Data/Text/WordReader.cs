using System.Globalization;
using System.Text;
using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>The words of a part of a UTF-8 file. A word belongs to the part that its first byte lies in, so that parts laid
/// end to end have every word once, wherever they are cut.</summary>
internal static class WordReader
{
    /// <summary>The words whose first byte lies in [from, to), each with where it begins.</summary>
    public static IEnumerable<(long Offset, string Word)> Read(string path, long from, long to, TokenKind kind)
    {
        // The character before tells whether a word has begun already.
        var word = new StringBuilder();
        var (inside, start) = (false, 0L);
        foreach (var (offset, rune) in Utf8Runes.From(path, Math.Max(0, from - 1), to))
        {
            if (!Belongs(rune, kind))
            {
                if (word.Length > 0)
                {
                    yield return (start, word.ToString());
                    word.Clear();
                }

                if (offset >= to)
                {
                    yield break;
                }

                inside = false;
                continue;
            }

            var begins = !inside;
            inside = true;
            if (begins && offset >= to)
            {
                yield break;
            }

            if (word.Length > 0 || (begins && offset >= from))
            {
                start = word.Length == 0 ? offset : start;
                word.Append((kind == TokenKind.Word ? Rune.ToLowerInvariant(rune) : rune).ToString());
            }
        }

        if (word.Length > 0)
        {
            yield return (start, word.ToString());
        }
    }

    private static bool Belongs(Rune rune, TokenKind kind) => kind == TokenKind.Whitespace
        ? !Rune.IsWhiteSpace(rune)
        : rune.Value == '_' || Rune.IsLetter(rune) || Rune.IsNumber(rune) || Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;
}
