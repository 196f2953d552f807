using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Granary.Tests.Images;

/// <summary>Writes PNG files as https://www.w3.org/TR/png-3 describes them, in every form that a reader has to know: each row has the filter after that of the row before.</summary>
internal static class PngBytes
{
    private static readonly (int Row, int Column, int Rows, int Columns)[] Passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)];

    /// <summary>A file of samples.</summary>
    /// <param name="height">Rows.</param>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="colour">0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha.</param>
    /// <param name="depth">Bits of a sample.</param>
    /// <param name="sample">Row, column and sample -> its value.</param>
    /// <param name="interlaced">Whether it comes in Adam7's seven passes.</param>
    /// <param name="palette">Colour 3: red, green, blue of each.</param>
    public static byte[] Of(int height, int width, int colour, int depth, Func<int, int, int, int> sample, bool interlaced = false, byte[]? palette = null)
    {
        using var rows = new MemoryStream();
        foreach (var pass in interlaced ? Passes : [(0, 0, 1, 1)])
        {
            AddPass(rows, height, width, colour, depth, sample, pass);
        }

        return File(height, width, colour, depth, interlaced, palette, rows.ToArray());
    }

    /// <summary>An RGB file of 8 bits.</summary>
    /// <param name="height">Rows.</param>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="sample">Row, column and channel -> 0 to 255.</param>
    public static byte[] Rgb(int height, int width, Func<int, int, int, int> sample) => Of(height, width, 2, 8, sample);

    /// <summary>A file whose header need not fit its rows.</summary>
    public static byte[] File(int height, int width, int colour, int depth, bool interlaced, byte[]? palette, byte[] rows)
    {
        using var file = new MemoryStream();
        file.Write([0x89, .. "PNG"u8, 0x0d, 0x0a, 0x1a, 0x0a]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9], header[12]) = ((byte)depth, (byte)colour, (byte)(interlaced ? 1 : 0));
        AddChunk(file, "IHDR", header);
        if (palette is not null)
        {
            AddChunk(file, "PLTE", palette);
        }

        AddChunk(file, "tEXt", [.. "Comment\0grain"u8]); // a reader passes it by
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            zlib.Write(rows);
        }

        foreach (var part in packed.ToArray().Chunk(Math.Max(1, (int)packed.Length / 2))) // in several chunks, as large files are
        {
            AddChunk(file, "IDAT", part);
        }

        AddChunk(file, "IEND", []);
        return file.ToArray();
    }

    private static void AddPass(MemoryStream into, int height, int width, int colour, int depth, Func<int, int, int, int> sample, (int Row, int Column, int Rows, int Columns) pass)
    {
        var samples = colour switch { 0 or 3 => 1, 2 => 3, 4 => 2, _ => 4 };
        var apart = Math.Max(1, samples * depth / 8);
        byte[]? above = null;
        for (var (y, number) = (pass.Row, 0); y < height; y += pass.Rows, number++)
        {
            var bits = new List<int>();
            for (var x = pass.Column; x < width; x += pass.Columns)
            {
                for (var s = 0; s < samples; s++)
                {
                    var value = sample(y, x, s);
                    bits.AddRange(Enumerable.Range(0, depth).Select(b => (value >> (depth - 1 - b)) & 1));
                }
            }

            if (bits.Count == 0)
            {
                return;
            }

            var row = bits.Chunk(8).Select(b => (byte)Enumerable.Range(0, 8).Sum(i => i < b.Length ? b[i] << (7 - i) : 0)).ToArray();
            var filter = number % 5;
            into.WriteByte((byte)filter);
            for (var i = 0; i < row.Length; i++)
            {
                var (left, up, corner) = (i < apart ? 0 : row[i - apart], above is null ? 0 : above[i], above is null || i < apart ? 0 : above[i - apart]);
                into.WriteByte((byte)(row[i] - filter switch { 0 => 0, 1 => left, 2 => up, 3 => (left + up) / 2, _ => Paeth(left, up, corner) }));
            }

            above = row;
        }
    }

    private static int Paeth(int left, int up, int corner)
    {
        var guess = left + up - corner;
        var (a, b, c) = (Math.Abs(guess - left), Math.Abs(guess - up), Math.Abs(guess - corner));
        return a <= b && a <= c ? left : b <= c ? up : corner;
    }

    /// <summary>Adds a chunk with its checksum.</summary>
    public static void AddChunk(Stream file, string type, byte[] content)
    {
        byte[] bytes = [.. Encoding.ASCII.GetBytes(type), .. content];
        var number = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        file.Write(number);
        file.Write(bytes);
        BinaryPrimitives.WriteUInt32BigEndian(number, Checksum(bytes));
        file.Write(number);
    }

    // Bit by bit, as the standard's annex has it.
    private static uint Checksum(byte[] bytes)
    {
        var checksum = uint.MaxValue;
        foreach (var b in bytes)
        {
            checksum ^= b;
            for (var i = 0; i < 8; i++)
            {
                checksum = (checksum & 1) != 0 ? 0xedb88320 ^ (checksum >> 1) : checksum >> 1;
            }
        }

        return ~checksum;
    }
}
