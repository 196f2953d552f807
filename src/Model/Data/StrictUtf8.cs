using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>Text that must be UTF-8: bytes that are none would all be read as the same character, and different names as one.</summary>
internal static class StrictUtf8
{
    /// <summary>What is wrong with some bytes; null when they are UTF-8.</summary>
    public static string? Fault(ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes))
        {
            return null;
        }

        var at = 0;
        while (Rune.DecodeFromUtf8(bytes[at..], out _, out var used) == System.Buffers.OperationStatus.Done)
        {
            at += used;
        }

        return string.Create(CultureInfo.InvariantCulture, $"byte {at + 1} of the line (0x{bytes[at]:x2}) is no part of a UTF-8 character. ")
            + "Convert the file to UTF-8 (if it is Latin-1: iconv -f LATIN1 -t UTF-8)";
    }

    /// <summary>The text of a file's first line.</summary>
    /// <exception cref="JobException">It is not UTF-8, or no text at all.</exception>
    public static string FirstLine(string file, ReadOnlySpan<byte> bytes) => bytes.Contains((byte)0)
        ? throw new JobException($"{file}:1: the line holds a zero byte: this is no text file.")
        : Fault(bytes) is { } fault
        ? throw new JobException($"{file}:1: {fault}.")
        : Encoding.UTF8.GetString(bytes);
}
