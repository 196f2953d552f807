using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using Granary.Jobs;
using Microsoft.ML.Tokenizers;

namespace Granary.Model.Data;

/// <summary>A byte-pair encoding: text to tokens. Text is first parted into words by a pattern; within a word the pair of tokens that
/// the vocabulary names first is merged, again and again, from single bytes on.</summary>
internal sealed partial class BytePairs
{
    private static readonly ConcurrentDictionary<string, Lazy<BytePairs>> Made = new();

    // Where the vocabulary has no token for a byte, the tokeniser would leave it out in silence.
    private readonly bool[] _lacks = new bool[256];
    private readonly Dictionary<int, byte[]> _bytes = [];
    private readonly string _name;

    private BytePairs(Tokenizer tokenizer, int count, string name) => (Tokenizer, Count, _name) = (tokenizer, count, name);

    /// <summary>The tokeniser.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>K: one more than the greatest number of a token.</summary>
    public int Count { get; }

    /// <summary>The encoding of a job or a saved model; made once in a process.</summary>
    /// <param name="encoding">One by name, or null.</param>
    /// <param name="files">The files of one, where no name is given.</param>
    /// <exception cref="JobException">The files are damaged.</exception>
    public static BytePairs Of(TokenEncoding? encoding, TokenFiles? files)
    {
        var key = encoding is { } name ? Kebab.Name(name) : files!.Digest;
        try
        {
            return Made.GetOrAdd(key, _ => new Lazy<BytePairs>(() => encoding is { } known ? Named(known) : FromFiles(files!))).Value;
        }
        catch (JobException)
        {
            Made.TryRemove(key, out _); // the message names files, which may have other names next time
            throw;
        }
    }

    private static BytePairs Named(TokenEncoding encoding)
    {
        var tokenizer = TiktokenTokenizer.CreateForEncoding(encoding == TokenEncoding.O200kBase ? "o200k_base" : "cl100k_base");
        return new BytePairs(tokenizer, tokenizer.SpecialTokens!.Values.Max() + 1, Kebab.Name(encoding));
    }

    private static BytePairs FromFiles(TokenFiles files)
    {
        var tokens = files.Tokens();
        var tokenizer = BpeTokenizer.Create(new BpeOptions(tokens)
        {
            Merges = files.Pairs(tokens),
            ByteLevel = true,
            PreTokenizer = new RegexPreTokenizer(Words(), null),
        });
        var pairs = new BytePairs(tokenizer, tokens.Values.Max() + 1, files.VocabName);
        for (var b = 0; b < pairs._lacks.Length; b++)
        {
            pairs._lacks[b] = !tokens.ContainsKey(TokenFiles.ByteCharacters[b].ToString());
        }

        foreach (var (token, number) in tokens)
        {
            pairs._bytes[number] = [.. token.SelectMany(BytesOf)];
        }

        return pairs;
    }

    // A token that is never merged from bytes, such as <|é|>, may hold characters that stand for none.
    private static byte[] BytesOf(char character) => TokenFiles.ByteCharacters.IndexOf(character, StringComparison.Ordinal) is >= 0 and var b
        ? [(byte)b]
        : Encoding.UTF8.GetBytes(character.ToString());

    /// <summary>A token's bytes, where files say them; null where only the tokeniser knows.</summary>
    public byte[]? Bytes(int token) => _bytes.Count == 0 ? null : _bytes.GetValueOrDefault(token, []);

    /// <summary>A token's bytes, where they are known; null where it has none, or a part of a character in an encoding known by name.</summary>
    public byte[]? BytesOrNull(int token)
    {
        if (_bytes.Count > 0)
        {
            return _bytes.GetValueOrDefault(token);
        }

        var text = Tokenizer.Decode([token]);
        return string.IsNullOrEmpty(text) || text.Contains('\uFFFD') ? null : Encoding.UTF8.GetBytes(text);
    }

    // GPT-2's pattern (Radford and others, 2019): contractions, then letters, digits or others with a space before them, then space.
    [GeneratedRegex(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Words();

    /// <summary>The tokens of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="what">What it is, for messages: "t.txt", "--prompt".</param>
    /// <exception cref="JobException">A byte of it has no token.</exception>
    public IReadOnlyList<int> Encode(string text, string what)
    {
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in (Array.Exists(_lacks, lacks => lacks) ? text : "").EnumerateRunes())
        {
            foreach (var b in bytes[..rune.EncodeToUtf8(bytes)])
            {
                if (_lacks[b])
                {
                    throw new JobException($"{what} has '{rune}' (U+{rune.Value:X4}), but {_name} has no token for its byte 0x{b:x2}. "
                        + "Use a vocabulary with all 256 bytes, or text without this character.");
                }
            }
        }

        return Tokenizer.EncodeToIds(text);
    }
}
