using System.Globalization;
using Granary.Jobs;
using StbImageSharp;

namespace Granary.Model.Data.Images;

/// <summary>A PNG or JPEG file. Which of the two is told by its first bytes, whatever its name. Its form and its size are checked before a decoder sees it, which takes damaged files as they come
/// and makes room for whatever a header claims.</summary>
internal static class ImageFile
{
    private const long MostBytes = 1 << 28;
    private const long MostPixels = 1 << 25; // 5,792 x 5,792
    private const int MostSide = ushort.MaxValue; // JPEG's own

    private static readonly (byte[] Start, string What)[] Others =
    [
        ([.. "GIF8"u8], "a GIF file"), ([.. "BM"u8], "a BMP file"), ([.. "RIFF"u8], "a WebP file or another of RIFF's"), ([.. "II*"u8, 0], "a TIFF file"), ([.. "MM"u8, 0, (byte)'*'], "a TIFF file"),
        ([0, 0, 0, 0x0c, .. "jP"u8], "a JPEG 2000 file"), ([0xff, 0x0a], "a JPEG XL file"), ([.. "<svg"u8], "an SVG drawing"), ([.. "8BPS"u8], "a PSD file"),
    ];

    /// <summary>"PNG" or "JPEG", by the first bytes.</summary>
    /// <exception cref="JobException">It is neither.</exception>
    public static string Kind(string path)
    {
        using var file = JobFiles.OpenRead(path);
        var head = new byte[FileSignature.Enough];
        var got = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        return IsPng(head.AsSpan(0, got), Path.GetFileName(path)) ? "PNG" : "JPEG";
    }

    /// <summary>The sizes of an image.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="JobException">It is no PNG or JPEG file, or one that is not read.</exception>
    public static ImageHeader Header(string path, string name) => Header(Bytes(path, name), name);

    /// <summary>Decodes an image.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">What messages call it.</param>
    /// <returns>Its sizes, and [H, W, 4] red, green, blue and alpha.</returns>
    /// <exception cref="JobException">It is no PNG or JPEG file, is damaged, or one that is not read.</exception>
    public static (ImageHeader Header, byte[] Pixels) Decode(string path, string name)
    {
        var bytes = Bytes(path, name);
        var header = Header(bytes, name);
        if (IsPng(bytes, name))
        {
            PngFile.Check(bytes, name);
        }
        else
        {
            JpegFile.Check(bytes, name);
        }

        try
        {
            var image = ImageResult.FromMemory(bytes, ColorComponents.RedGreenBlueAlpha);
            return (image.Height, image.Width) == (header.Height, header.Width) ? (header, image.Data) : throw new InvalidDataException("its sizes are not those of its header");
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new JobException($"{name}: it cannot be decoded ({e.Message}): it is damaged. Save it anew, or take it out.");
        }
    }

    private static byte[] Bytes(string path, string name)
    {
        using var file = JobFiles.OpenRead(path);
        if (file.Length > MostBytes)
        {
            throw new JobException(string.Create(
                CultureInfo.InvariantCulture, $"{name}: it has {file.Length:#,0} bytes, but {MostBytes:#,0} at the most are read of an image. Make it smaller, or take it out."));
        }

        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    private static ImageHeader Header(ReadOnlySpan<byte> bytes, string name)
    {
        var header = IsPng(bytes, name) ? PngFile.Header(bytes, name) : JpegFile.Header(bytes, name);
        return (long)header.Height * header.Width <= MostPixels && Math.Max(header.Height, header.Width) <= MostSide ? header : throw new JobException(string.Create(
            CultureInfo.InvariantCulture, $"{name}: its header claims {header.Shape} pixels, but of an image {MostPixels:#,0} at the most are read, {MostSide:#,0} on a side. Make it smaller, or take it out."));
    }

    private static bool IsPng(ReadOnlySpan<byte> head, string name)
    {
        if (PngFile.Is(head) || JpegFile.Is(head))
        {
            return PngFile.Is(head);
        }

        throw new JobException(
            head.IsEmpty ? $"{name}: it is empty. Fetch it again, or take it out."
            : Known(head) is { } other ? $"{name}: it is {other}, but images are PNG or JPEG files. Convert it, or take it out."
            : FileSignature.Describe(head[..Math.Min(head.Length, FileSignature.Enough)]) is { } known ? $"{name}: {known} Images are PNG or JPEG files."
            : $"{name}: it is neither a PNG nor a JPEG file. Convert it, or take it out.");
    }

    private static string? Known(ReadOnlySpan<byte> head)
    {
        foreach (var (start, what) in Others)
        {
            if (head.StartsWith(start))
            {
                return what;
            }
        }

        return null;
    }
}
