using System.Text;

namespace Granary.Model.Data;

/// <summary>Kinds of files that their first bytes give away, and that are often given in the place of others.</summary>
internal static class FileSignature
{
    /// <summary>Bytes that are enough to tell.</summary>
    public const int Enough = 512;

    private const string Packed = "Unpack it first, or pack it with gzip, which is read as it is.";
    private const int TarMark = 257;
    private const int ShortText = 5; // a column may be called PAR1

    private static readonly string[] Pages = ["<!doctype html", "<html", "<?xml"];

    private static readonly (byte[] Start, string What, string Remedy)[] Known =
    [
        ([0x50, 0x4b, 3, 4], "a ZIP archive (so is a workbook of Excel, .xlsx)", "Unpack it first; save a workbook as CSV."),
        ([0x50, 0x4b, 5, 6], "an empty ZIP archive", "Pack it again."),
        ([.. "BZh"u8], "packed by bzip2", Packed),
        ([0xfd, .. "7zXZ"u8, 0], "packed by xz", Packed),
        ([0x28, 0xb5, 0x2f, 0xfd], "packed by zstd", Packed),
        ([4, 0x22, 0x4d, 0x18], "packed by lz4", Packed),
        ([.. "7z"u8, 0xbc, 0xaf], "a 7z archive", Packed),
        ([.. "Rar!"u8], "a RAR archive", Packed),
        ([0xd0, 0xcf, 0x11, 0xe0], "a workbook of Excel (.xls) or another document of Office", "Save it as CSV."),
        ([.. "PAR1"u8], "a Parquet file", "Set data.format to parquet where a job reads it; predict takes CSV."),
        ([.. "ARROW1"u8], "an Arrow (Feather) file", "Write it as Parquet or CSV."),
        ([.. "FEA1"u8], "a Feather file", "Write it as Parquet or CSV."),
        ([0x93, .. "NUMPY"u8], "an array of NumPy (.npy)", "Write it as CSV, Parquet or IDX."),
        ([0x89, .. "HDF"u8], "an HDF5 file", "Write it as CSV or Parquet."),
        ([.. "SQLite format 3"u8], "a database of SQLite", "Write its table as CSV or Parquet."),
        ([0x80, 2, 0x63], "a pickle of Python", "Write it as CSV or Parquet."),
        ([0x80, 4, 0x95], "a pickle of Python", "Write it as CSV or Parquet."),
        ([0x80, 5, 0x95], "a pickle of Python", "Write it as CSV or Parquet."),
        ([.. "version https://git-lfs"u8], "a pointer that Git LFS keeps in the place of a file", "Fetch the file itself: git lfs pull."),
    ];

    /// <summary>"this is a ZIP archive. Unpack it first."; null where the bytes are nothing that is known here.</summary>
    /// <param name="head">The first bytes, <see cref="Enough"/> of them where there are so many.</param>
    public static string? Describe(ReadOnlySpan<byte> head)
    {
        foreach (var (start, what, remedy) in Known)
        {
            if (head.StartsWith(start) && (start.Length > ShortText || !Ascii.IsValid(start) || HasControl(head)))
            {
                return $"this is {what}. {remedy}";
            }
        }

        return head.Length > TarMark + 5 && head[TarMark..].StartsWith("ustar"u8) ? $"this is a tar archive. {Packed}" : Utf16(head);
    }

    /// <summary>The same of what belongs in no table, though it is text.</summary>
    public static string? DescribeLines(ReadOnlySpan<byte> head)
    {
        var text = Encoding.ASCII.GetString(head).TrimStart();
        return Array.Exists(Pages, p => text.StartsWith(p, StringComparison.OrdinalIgnoreCase))
            ? "this is a web page or XML, not a table. If it was downloaded, fetch it again: something else came in its place."
            : Describe(head);
    }

    private static bool HasControl(ReadOnlySpan<byte> head) => head.IndexOfAnyInRange((byte)0, (byte)8) >= 0 || head.IndexOfAnyInRange((byte)14, (byte)31) >= 0;

    // Latin text has a zero in every second byte.
    private static string? Utf16(ReadOnlySpan<byte> head)
    {
        var (even, odd) = (0, 0);
        for (var i = 0; i < head.Length; i++)
        {
            _ = head[i] != 0 ? 0 : i % 2 == 0 ? even++ : odd++;
        }

        var pairs = head.Length / 2;
        return pairs < 2 || Math.Max(even, odd) < 0.8 * pairs || Math.Min(even, odd) > 0.1 * pairs ? null
            : $"this is UTF-16 text without the mark that says so. Convert it: iconv -f {(odd > even ? "UTF-16LE" : "UTF-16BE")} -t UTF-8.";
    }
}
