using System.Buffers.Binary;
using System.Globalization;
using Granary.Jobs;

namespace Granary.Model.Data.Images;

/// <summary>Whether a JPEG file (ITU-T T.81) is whole and of a kind that is read: 8 bits, Huffman codes, grey or of three colours. A decoder would fill what is missing with grey.</summary>
internal static class JpegFile
{
    private const byte Mark = 0xff;
    private const byte End = 0xd9;
    private const byte Scan = 0xda;

    // Beginnings of frames: C0 baseline, C1 extended, C2 progressive; the others are lossless, hierarchical or arithmetic. C4, C8 and CC are something else.
    private static readonly byte[] Read = [0xc0, 0xc1, 0xc2];
    private static readonly byte[] NotRead = [0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf];

    /// <summary>Whether a file begins as JPEG files do.</summary>
    public static bool Is(ReadOnlySpan<byte> head) => head.StartsWith((ReadOnlySpan<byte>)[Mark, 0xd8, Mark]);

    /// <summary>Reads the header of the frame.</summary>
    /// <exception cref="JobException">There is none, or it is of a kind that is not read.</exception>
    public static ImageHeader Header(ReadOnlySpan<byte> bytes, string name)
    {
        for (var at = 2; ;)
        {
            var segment = Next(bytes, name, ref at);
            if (NotRead.Contains(segment.Marker))
            {
                throw Unread(name, "a lossless, hierarchical or arithmetic one");
            }

            if (Read.Contains(segment.Marker))
            {
                return Frame(bytes.Slice(segment.Start, segment.Length), name);
            }

            if (segment.Marker is Scan or End)
            {
                throw Damaged(name, "it has no header of a frame");
            }
        }
    }

    private static ImageHeader Frame(ReadOnlySpan<byte> frame, string name)
    {
        if (frame.Length < 6 || frame.Length < 6 + (3 * frame[5]))
        {
            throw Damaged(name, "the header of its frame is too short");
        }

        var (height, width) = (BinaryPrimitives.ReadUInt16BigEndian(frame[1..]), BinaryPrimitives.ReadUInt16BigEndian(frame[3..]));
        return frame[0] != 8 ? throw Unread(name, string.Create(CultureInfo.InvariantCulture, $"one of {frame[0]} bits a sample"))
            : frame[5] == 4 ? throw Unread(name, "one of four colours (CMYK)")
            : frame[5] is not (1 or 3) ? throw Unread(name, string.Create(CultureInfo.InvariantCulture, $"one of {frame[5]} colours"))
            : height == 0 || width == 0 ? throw Unread(name, "one whose header has no height or width")
            : new ImageHeader(height, width);
    }

    /// <summary>Goes through the file.</summary>
    /// <exception cref="JobException">It is cut off or damaged.</exception>
    public static void Check(ReadOnlySpan<byte> bytes, string name)
    {
        var scans = 0;
        for (var at = 2; ;)
        {
            var segment = Next(bytes, name, ref at);
            if (segment.Marker == End)
            {
                break;
            }

            if (segment.Marker == Scan)
            {
                scans++;
                at = AfterScan(bytes, at);
            }
        }

        if (scans == 0)
        {
            throw Damaged(name, "it has no pixels");
        }
    }

    // In a scan FF 00 is a byte FF, and FF D0 to FF D7 are marks within it.
    private static int AfterScan(ReadOnlySpan<byte> bytes, int at)
    {
        while (at < bytes.Length - 1 && (bytes[at] != Mark || bytes[at + 1] is 0 or (>= 0xd0 and <= 0xd7)))
        {
            var next = bytes[(at + 1)..].IndexOf(Mark);
            at = next < 0 ? bytes.Length : at + 1 + next;
        }

        return at < bytes.Length - 1 ? at : bytes.Length;
    }

    private static (byte Marker, int Start, int Length) Next(ReadOnlySpan<byte> bytes, string name, ref int at)
    {
        if (at < bytes.Length && bytes[at] != Mark)
        {
            throw Damaged(name, string.Create(CultureInfo.InvariantCulture, $"at byte {at} there is no mark of a segment"));
        }

        while (at < bytes.Length && bytes[at] == Mark)
        {
            at++; // a mark may have any number of FF before it
        }

        if (at >= bytes.Length)
        {
            throw CutOff(name, bytes.Length);
        }

        var marker = bytes[at++];
        if (marker is End or 1 or (>= 0xd0 and <= 0xd8))
        {
            return (marker, at, 0);
        }

        var length = bytes.Length - at < 2 ? throw CutOff(name, bytes.Length) : BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
        if (length < 2)
        {
            throw Damaged(name, string.Create(CultureInfo.InvariantCulture, $"its segment at byte {at} has no length"));
        }

        if (length > bytes.Length - at)
        {
            throw CutOff(name, bytes.Length);
        }

        var start = at + 2;
        at += length;
        return (marker, start, length - 2);
    }

    private static JobException CutOff(string name, int bytes) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{name}: it is cut off after {bytes:#,0} bytes: the mark of its end is missing. Fetch it again, or take it out."));

    private static JobException Damaged(string name, string how) => new($"{name}: it is damaged: {how}. Save it anew, or take it out.");

    private static JobException Unread(string name, string what) => new($"{name}: it is a JPEG file of a kind that is not read, {what}. Save it as a usual JPEG (8 bits, RGB or grey) or as PNG.");
}
