namespace Granary.Jobs;

/// <summary>The known word nearest to a misspelt one.</summary>
public static class Nearest
{
    /// <summary>The known word that fewest edits lead to; null when none is near.</summary>
    public static string? To(string word, IEnumerable<string> known) => Several(word, known, 1).FirstOrDefault();

    /// <summary>The known words that fewest edits lead to, nearest first; of equally near ones those that stand first. Upper and lower case are alike. One
    /// that has no letter in common is not near, however short.</summary>
    public static IReadOnlyList<string> Several(string word, IEnumerable<string> known, int count) => [.. known
        .Select(k => (Word: k, Edits: Edits(word.ToLowerInvariant(), k.ToLowerInvariant())))
        .Where(k => k.Edits <= Math.Max(2, Math.Max(word.Length, k.Word.Length) / 3) && k.Edits < Math.Max(word.Length, k.Word.Length))
        .OrderBy(k => k.Edits)
        .Select(k => k.Word)
        .Take(count)];

    // Levenshtein, 1966, row by row.
    private static int Edits(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[b.Length];
    }
}
