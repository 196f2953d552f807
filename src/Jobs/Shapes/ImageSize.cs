using System.Text.Json.Serialization;

namespace Granary.Jobs;

/// <summary>The sizes of images that are all of one size. Their numbers lie channel by channel, row by row.</summary>
/// <param name="Channels">C: 1 of grey images, 3 of red, green and blue.</param>
/// <param name="Height">H, rows of pixels.</param>
/// <param name="Width">W, pixels in a row.</param>
public sealed record ImageSize(int Channels, int Height, int Width)
{
    /// <summary>C H W, the numbers in an image.</summary>
    [JsonIgnore]
    public long Numbers => (long)Channels * Height * Width;

    /// <summary>"3 x 32 x 32".</summary>
    public override string ToString() => $"{Channels} x {Height} x {Width}";
}
