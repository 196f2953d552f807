using System.Buffers;
using System.Text;
using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>The characters of a UTF-8 file from some place on, with where each begins.</summary>
internal static class Utf8Runes
{
    private const int BufferSize = 1 << 16;
    private const int LongestRune = 4;

    /// <summary>Starts at the character that <paramref name="from"/> lies in; a byte order mark is left out.</summary>
    /// <exception cref="JobException">A byte is no part of a UTF-8 character.</exception>
    public static IEnumerable<(long Offset, Rune Rune)> From(string path, long from)
    {
        using var file = File.OpenRead(path);
        var buffer = new byte[BufferSize];
        file.Position = from = Start(file, from);
        var (at, filled) = (0, 0);
        while (true)
        {
            if (filled - at < LongestRune)
            {
                buffer.AsSpan(at, filled - at).CopyTo(buffer);
                from += at;
                (at, filled) = (0, filled - at);
                filled += file.ReadAtLeast(buffer.AsSpan(filled), LongestRune, throwOnEndOfStream: false);
                if (filled == 0)
                {
                    yield break;
                }
            }

            if (Rune.DecodeFromUtf8(buffer.AsSpan(at, filled - at), out var rune, out var used) != OperationStatus.Done)
            {
                throw new JobException(
                    $"{Path.GetFileName(path)}: the byte at offset {from + at} (0x{buffer[at]:x2}) is no part of a UTF-8 character. "
                    + "Convert the text to UTF-8.");
            }

            if (from + at > 0 || rune.Value != 0xfeff)
            {
                yield return (from + at, rune);
            }

            at += used;
        }
    }

    private static long Start(FileStream file, long from)
    {
        for (var start = from; start > Math.Max(0, from - LongestRune); start--)
        {
            file.Position = start;
            if ((file.ReadByte() & 0xc0) != 0x80)
            {
                return start;
            }
        }

        return Math.Max(0, from - LongestRune + 1);
    }
}
