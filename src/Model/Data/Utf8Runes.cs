using System.Buffers;
using System.Text;
using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>The characters of a UTF-8 file, plain or gzipped, from some place on, with where each begins.</summary>
internal static class Utf8Runes
{
    private const int BufferSize = 1 << 16;
    private const int LongestRune = 4;

    /// <summary>Starts at the character that <paramref name="from"/> lies in; a byte order mark is left out.</summary>
    /// <param name="path">The file.</param>
    /// <param name="from">Where.</param>
    /// <param name="end">Where whoever reads it will probably stop; null: at its end.</param>
    /// <exception cref="JobException">A byte is no part of a UTF-8 character.</exception>
    public static IEnumerable<(long Offset, Rune Rune)> From(string path, long from, long? end = null)
    {
        var name = Path.GetFileName(path);
        using var file = SourceFile.OpenText(path, end: end);
        var buffer = new byte[BufferSize];
        var origin = Math.Max(0, from - LongestRune + 1);
        if (file.CanSeek)
        {
            file.Position = origin;
        }
        else
        {
            SourceFile.Skip(file, name, origin);
        }

        var filled = SourceFile.Fill(file, name, buffer.AsSpan(0, LongestRune));
        var at = Start(buffer.AsSpan(0, filled), (int)(from - origin));
        from = origin;
        while (true)
        {
            if (filled - at < LongestRune)
            {
                buffer.AsSpan(at, filled - at).CopyTo(buffer);
                from += at;
                (at, filled) = (0, filled - at);
                filled += SourceFile.Fill(file, name, buffer.AsSpan(filled));
                if (filled == 0)
                {
                    yield break;
                }
            }

            if (Rune.DecodeFromUtf8(buffer.AsSpan(at, filled - at), out var rune, out var used) != OperationStatus.Done)
            {
                throw new JobException(
                    $"{name}: the byte at offset {from + at} (0x{buffer[at]:x2}) is no part of a UTF-8 character. "
                    + "Convert the text to UTF-8.");
            }

            if (from + at > 0 || rune.Value != 0xfeff)
            {
                yield return (from + at, rune);
            }

            at += used;
        }
    }

    // Where the character begins that the byte at `from` is a part of.
    private static int Start(ReadOnlySpan<byte> bytes, int from)
    {
        var start = Math.Min(from, bytes.Length);
        while (start > 0 && start < bytes.Length && (bytes[start] & 0xc0) == 0x80)
        {
            start--;
        }

        return start;
    }
}
