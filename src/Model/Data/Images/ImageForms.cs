using Granary.Jobs;

namespace Granary.Model.Data.Images;

/// <summary>What size images must have, or are given.</summary>
/// <param name="Size">C, H and W.</param>
/// <param name="Resizes">Whether those of other sizes are resized.</param>
/// <param name="Why">Where they are refused: whose size it is, and the remedy, after "it has 480 x 640 pixels, but ".</param>
internal sealed record ImageForms(ImageSize Size, bool Resizes, string Why)
{
    /// <summary>Reads an image.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="into">[C H W], bytes.</param>
    /// <exception cref="JobException">It cannot be read, or has another size.</exception>
    public void Read(string path, string name, Span<byte> into)
    {
        var (header, pixels) = ImageFile.Decode(path, name);
        if (!Resizes && (header.Height, header.Width) != (Size.Height, Size.Width))
        {
            throw new JobException($"{name}: it has {header.Shape} pixels (height x width), but {Why}");
        }

        ImagePixels.Write(pixels, header, Size, into);
    }
}
