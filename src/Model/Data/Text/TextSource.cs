using System.Text;
using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>One shard's run of a text, as tokens. Example i is the window of T tokens from i T on; its targets are the same
/// window one token later.</summary>
internal sealed class TextSource : IShardSource, ITokenWindows
{
    private readonly int[] _tokens;
    private readonly int _context;
    private readonly TokenKind _kind;

    private TextSource(int[] tokens, int context, TokenKind kind, int vocabulary)
    {
        (_tokens, _context, _kind, VocabularySize) = (tokens, context, kind, vocabulary);
        Classes = kind != TokenKind.Char ? [] : [.. tokens.Distinct().Select(t => new Rune(t).ToString())];
    }

    /// <inheritdoc/>
    public int Rows => Math.Max(0, (_tokens.Length - 1) / _context);

    /// <inheritdoc/>
    public int Features => 0;

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>Tokens.</summary>
    public long Tokens => _tokens.Length;

    /// <inheritdoc/>
    public bool RunsOn => true;

    /// <inheritdoc/>
    public ITokenWindows? Windows => this;

    /// <inheritdoc/>
    public ShardSurvey Tell(ShardSurvey survey) => survey with { VocabularySize = VocabularySize };

    /// <summary>Byte pairs: K; 0 otherwise.</summary>
    public int VocabularySize { get; }

    /// <inheritdoc/>
    public IExampleTensors ToTensors(Precision precision, DataFacts facts, int[]? order = null)
    {
        if (_kind != TokenKind.Char)
        {
            return new TokenTensors(_tokens, _context, _context);
        }

        var ids = facts.Classes.Select((name, id) => (name, id)).ToDictionary(c => c.name.EnumerateRunes().First().Value, c => c.id);
        return new TokenTensors([.. _tokens.Select(t => ids[t])], _context, _context);
    }

    /// <summary>Every token of a window with the one after it.</summary>
    public IEnumerable<(int First, int Second)> Pairs(int row)
    {
        for (var t = row * _context; t < (row + 1) * _context; t++)
        {
            yield return (_tokens[t], _tokens[t + 1]);
        }
    }

    /// <summary>Reads this shard's share of the bytes of all files (of a gzipped one, of what it unpacks to), moved forward to where characters begin. Byte pairs
    /// merge within the share and within a file alone, so that tokens depend on V and never on the cluster.</summary>
    public static TextSource Read(SourcePart part, TokenKind kind, int context, BytePairs? pairs = null, KeptVocabulary? kept = null)
    {
        var files = DataFiles.Expand(part.Path).Select(p => (Path: p, Length: SourceFile.Length(p, kind != TokenKind.Byte))).ToArray();
        var total = files.Sum(f => f.Length);
        if (total == 0)
        {
            throw new JobException($"{part.Name}: the text is empty.");
        }

        var (first, end) = part.Of(total);
        ShardLimit.Check(part, end - first + 3, "bytes");
        var bytes = new List<int>();
        long start = 0;
        foreach (var (path, length) in files)
        {
            var from = Math.Max(first, start) - start;
            var to = Math.Min(end, start + length) - start;
            if (from < to)
            {
                bytes.AddRange(kind == TokenKind.Byte ? Bytes(path, from, to)
                    : pairs is null ? Characters(path, from, to, length, kept)
                    : pairs.Encode(string.Concat(Characters(path, from, to, length).Select(c => new Rune(c))), Path.GetFileName(path)));
            }

            start += length;
        }

        return new TextSource([.. bytes], context, kind, pairs?.Count ?? 0);
    }

    private static IEnumerable<int> Bytes(string path, long from, long to) => SourceFile.Read(path, from, to, isText: false).Select(b => (int)b);

    // The characters whose first byte lies in [from, to).
    private static List<int> Characters(string path, long from, long to, long length, KeptVocabulary? kept = null)
    {
        // A character has at most 4 bytes: three more are enough for the last one to be whole.
        var bytes = SourceFile.Read(path, from, Math.Min(length, to + 3));
        var at = 0;
        while (from > 0 && at < bytes.Length && at < 3 && (bytes[at] & 0xc0) == 0x80)
        {
            at++;
        }

        var runes = new List<int>();
        while (at < to - from)
        {
            if (Rune.DecodeFromUtf8(bytes.AsSpan(at), out var rune, out var used) != System.Buffers.OperationStatus.Done)
            {
                throw new JobException(
                    $"{Path.GetFileName(path)}: the byte at offset {from + at} (0x{bytes[at]:x2}) is no part of a UTF-8 character. "
                    + "Convert the text to UTF-8, or set data.tokens to byte.");
            }

            if (from + at > 0 || rune.Value != 0xfeff)
            {
                runes.Add(kept is null || kept.Runes.Contains(rune.Value)
                    ? rune.Value
                    : throw kept.Refuse(path, $"character {(Rune.IsControl(rune) ? "" : $"'{rune}' ")}(U+{rune.Value:X4})", from + at));
            }

            at += used;
        }

        return runes;
    }
}
