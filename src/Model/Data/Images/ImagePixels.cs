using Granary.Jobs;

namespace Granary.Model.Data.Images;

/// <summary>Decoded pixels as a model takes them: bytes, channel by channel, of the size that is asked for. Alpha is left out, as the file has the colours below it; 16 bits have become their upper 8.
/// All of it is done in whole numbers or float64 in one order, so that it is the same on every processor.</summary>
internal static class ImagePixels
{
    private const int Rgba = 4;

    /// <summary>Writes an image.</summary>
    /// <param name="pixels">[H, W, 4] red, green, blue, alpha.</param>
    /// <param name="header">H and W.</param>
    /// <param name="size">What is asked for: C, H' and W'.</param>
    /// <param name="into">[C, H', W'].</param>
    public static void Write(ReadOnlySpan<byte> pixels, ImageHeader header, ImageSize size, Span<byte> into)
    {
        var (here, there) = (header.Height * header.Width, size.Height * size.Width);
        var plane = new byte[here];
        for (var c = 0; c < size.Channels; c++)
        {
            for (var i = 0; i < here; i++)
            {
                var pixel = pixels.Slice(i * Rgba, Rgba);
                plane[i] = size.Channels == 1 ? Grey(pixel[0], pixel[1], pixel[2]) : pixel[c];
            }

            ImageResize.Plane(plane, header.Height, header.Width, into.Slice(c * there, there), size.Height, size.Width);
        }
    }

    // Rec. 601's luma, in 65,536ths that add up to 1: of a grey pixel it is the pixel.
    private static byte Grey(int red, int green, int blue) => (byte)(((red * 19595) + (green * 38470) + (blue * 7471) + (1 << 15)) >> 16);
}
