using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;
using Granary.Jobs;

namespace Granary.Model.Data.Images;

/// <summary>Whether a PNG file is whole and no more than it says (https://www.w3.org/TR/png-3): every chunk with its checksum, and as many bytes of pixels as its header asks for.</summary>
internal static class PngFile
{
    private const int Signature = 8;
    private const int Beside = 12; // a chunk's length, type and checksum
    private const int HeaderBytes = 13;

    // Bits of a sample that a colour type may have, and samples of a pixel.
    private static readonly Dictionary<byte, (int[] Depths, int Samples)> Colours = new()
    {
        [0] = ([1, 2, 4, 8, 16], 1), // grey
        [2] = ([8, 16], 3), // red, green, blue
        [3] = ([1, 2, 4, 8], 1), // a place in the palette
        [4] = ([8, 16], 2), // grey, alpha
        [6] = ([8, 16], 4), // red, green, blue, alpha
    };

    // Where an interlaced file's passes begin, and how far their pixels are apart.
    private static readonly (int Row, int Column, int Rows, int Columns)[] Passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)];

    private static readonly string[] Critical = ["IHDR", "PLTE", "IDAT", "IEND"];

    /// <summary>Whether a file begins as PNG files do.</summary>
    public static bool Is(ReadOnlySpan<byte> head) => head.StartsWith((ReadOnlySpan<byte>)[0x89, .. "PNG"u8, 0x0d, 0x0a, 0x1a, 0x0a]);

    /// <summary>Reads the header.</summary>
    /// <exception cref="JobException">It is none.</exception>
    public static ImageHeader Header(ReadOnlySpan<byte> bytes, string name)
    {
        var fields = Fields(bytes, name);
        var (width, height) = (BinaryPrimitives.ReadUInt32BigEndian(fields), BinaryPrimitives.ReadUInt32BigEndian(fields[4..]));
        return width is > 0 and <= int.MaxValue && height is > 0 and <= int.MaxValue
            && Colours.TryGetValue(fields[9], out var colour) && colour.Depths.Contains(fields[8]) && fields[10] == 0 && fields[11] == 0 && fields[12] <= 1
            ? new ImageHeader((int)height, (int)width)
            : throw Damaged(name, "its header makes no sense");
    }

    private static ReadOnlySpan<byte> Fields(ReadOnlySpan<byte> bytes, string name) => bytes.Length < Signature + Beside + HeaderBytes
        ? throw CutOff(name, bytes.Length)
        : Type(bytes, Signature) == "IHDR" && Length(bytes, Signature) == HeaderBytes ? bytes.Slice(Signature + 8, HeaderBytes) : throw Damaged(name, "it does not begin with a header");

    /// <summary>Goes through the file.</summary>
    /// <exception cref="JobException">It is cut off, damaged, or holds more pixels than its header says.</exception>
    public static void Check(ReadOnlySpan<byte> bytes, string name)
    {
        var packed = new MemoryStream();
        for (var at = Signature; ;)
        {
            if (bytes.Length - at < Beside || Length(bytes, at) > bytes.Length - at - Beside)
            {
                throw CutOff(name, bytes.Length);
            }

            var (length, type) = ((int)Length(bytes, at), Type(bytes, at));
            if (Crc32.HashToUInt32(bytes.Slice(at + 4, 4 + length)) != BinaryPrimitives.ReadUInt32BigEndian(bytes[(at + 8 + length)..]))
            {
                throw Damaged(name, string.Create(CultureInfo.InvariantCulture, $"the checksum of its chunk at byte {at} is wrong"));
            }

            if (char.IsAsciiLetterUpper(type[0]) && !Critical.Contains(type))
            {
                throw Damaged(name, $"it has a chunk {type}, which is none of PNG");
            }

            if (type == "IDAT")
            {
                packed.Write(bytes.Slice(at + 8, length));
            }

            at += Beside + length;
            if (type == "IEND")
            {
                break;
            }
        }

        packed.Position = 0;
        var (expected, found) = (PixelBytes(Fields(bytes, name)), Unpacked(packed, name, PixelBytes(Fields(bytes, name)) + 1));
        if (found != expected)
        {
            throw Damaged(name, found < expected
                ? string.Create(CultureInfo.InvariantCulture, $"its header promises {expected:#,0} bytes of pixels, but {found:#,0} are there")
                : string.Create(CultureInfo.InvariantCulture, $"it holds more than the {expected:#,0} bytes of pixels that its header promises"));
        }
    }

    // Rows of each pass, with a byte for the filter before each.
    private static long PixelBytes(ReadOnlySpan<byte> fields)
    {
        var (width, height) = (BinaryPrimitives.ReadInt32BigEndian(fields), BinaryPrimitives.ReadInt32BigEndian(fields[4..]));
        var bits = fields[8] * (long)Colours[fields[9]].Samples;
        long bytes = 0;
        foreach (var (row, column, rows, columns) in fields[12] == 0 ? [(0, 0, 1, 1)] : Passes)
        {
            var (h, w) = (Math.Max(0, (height - row + rows - 1) / rows), Math.Max(0, (width - column + columns - 1) / columns));
            bytes += w == 0 ? 0 : h * (1 + (((w * bits) + 7) / 8));
        }

        return bytes;
    }

    // How many bytes there are, as far as anybody asks: some hundred bytes can unpack to gigabytes.
    private static long Unpacked(Stream packed, string name, long most)
    {
        try
        {
            using var zlib = new ZLibStream(packed, CompressionMode.Decompress);
            var (buffer, found) = (new byte[1 << 16], 0L);
            while (found < most && zlib.Read(buffer, 0, (int)Math.Min(buffer.Length, most - found)) is > 0 and var got)
            {
                found += got;
            }

            return found;
        }
        catch (InvalidDataException)
        {
            throw Damaged(name, "its pixels cannot be unpacked");
        }
    }

    private static uint Length(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);

    private static string Type(ReadOnlySpan<byte> bytes, int at) => Encoding.Latin1.GetString(bytes.Slice(at + 4, 4));

    private static JobException CutOff(string name, int bytes) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{name}: it is cut off after {bytes:#,0} bytes. Fetch it again, or take it out."));

    private static JobException Damaged(string name, string how) => new($"{name}: it is damaged: {how}. Save it anew, or take it out.");
}
