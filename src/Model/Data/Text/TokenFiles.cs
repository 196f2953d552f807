using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>A byte-pair vocabulary in the two files that GPT-2 came with: every token and its number, and the pairs that are merged,
/// first to last. Bytes stand there as characters, see <see cref="ByteCharacters"/>.</summary>
/// <param name="Vocab">The text of vocab.json.</param>
/// <param name="Merges">The text of merges.txt.</param>
/// <param name="VocabName">The name of the one, for messages.</param>
/// <param name="MergesName">The name of the other.</param>
public sealed record TokenFiles(string Vocab, string Merges, string VocabName, string MergesName)
{
    private const int MostTokens = 1 << 24;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>SHA-256 of both.</summary>
    public string Digest => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Vocab.Length} {Vocab}{Merges}")));

    /// <summary>The files that a job names; null where it names none.</summary>
    /// <exception cref="JobException">They cannot be read.</exception>
    public static TokenFiles? Read(DataSection data) => data is { Vocab: { } vocab, Merges: { } merges }
        ? new TokenFiles(Text("data.vocab", vocab), Text("data.merges", merges), Path.GetFileName(vocab), Path.GetFileName(merges))
        : null;

    private static string Text(string key, string path)
    {
        try
        {
            return JobFiles.ReadAllText(path);
        }
        catch (Exception e) when (e is (IOException and not FileStoreException) or UnauthorizedAccessException)
        {
            throw new JobException($"{key}: {path} cannot be read: {e.Message}");
        }
    }

    /// <summary>Each token with its number.</summary>
    /// <exception cref="JobException">The file is damaged.</exception>
    public IReadOnlyDictionary<string, int> Tokens()
    {
        var tokens = new Dictionary<string, int>(StringComparer.Ordinal);
        var numbers = new HashSet<int>();
        try
        {
            using var json = JsonDocument.Parse(Vocab, Strict);
            foreach (var entry in json.RootElement.EnumerateObject())
            {
                if (!entry.Value.TryGetInt32(out var number) || number is < 0 or >= MostTokens)
                {
                    throw Damaged(VocabName, $"the number of the token '{entry.Name}' is {entry.Value}, and not a whole one from 0 to {MostTokens - 1}");
                }

                if (!numbers.Add(number))
                {
                    throw Damaged(VocabName, $"two tokens have the number {number}, '{entry.Name}' and '{tokens.First(t => t.Value == number).Key}'");
                }

                tokens.Add(entry.Name, number);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Damaged(VocabName, $"it is no JSON object of tokens and their numbers ({e.Message})");
        }

        return tokens.Count >= 2 ? tokens : throw Damaged(VocabName, $"it has {Plural.Of(tokens.Count, "token")}");
    }

    /// <summary>The pairs, "a b", first to last.</summary>
    /// <exception cref="JobException">The file is damaged, or does not belong to the other.</exception>
    public IReadOnlyList<string> Pairs(IReadOnlyDictionary<string, int> tokens)
    {
        var pairs = new List<string>();
        var lines = Merges.ReplaceLineEndings("\n").Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].Length == 0 || (i == 0 && lines[i].StartsWith("#version", StringComparison.Ordinal)))
            {
                continue;
            }

            var parts = lines[i].Split(' ');
            if (parts is not [{ Length: > 0 } left, { Length: > 0 } right])
            {
                throw Damaged($"{MergesName}:{i + 1}", $"'{lines[i]}' is not two tokens with a space between them");
            }

            if (Array.Find([left, right, left + right], t => !tokens.ContainsKey(t)) is { } unknown)
            {
                throw Damaged($"{MergesName}:{i + 1}", $"'{unknown}' is no token of {VocabName}");
            }

            pairs.Add(lines[i]);
        }

        return pairs;
    }

    private static JobException Damaged(string place, string what) =>
        new($"{place}: {what}. Fetch the vocabulary again: both files of one tokeniser.");

    /// <summary>The character that each byte stands as: itself where it can be seen, else one from U+0100 on, in the order of the bytes
    /// (Radford and others, 2019).</summary>
    internal static string ByteCharacters { get; } = Characters();

    private static string Characters()
    {
        var next = (char)0x100;
        return string.Concat(Enumerable.Range(0, 256).Select(b => b is (>= '!' and <= '~') or (>= 0xa1 and <= 0xac) or >= 0xae ? (char)b : next++));
    }
}
