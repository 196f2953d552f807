namespace Granary.Model.Data.Images;

/// <summary>What the header of an image file says.</summary>
/// <param name="Height">Rows of pixels.</param>
/// <param name="Width">Pixels in a row.</param>
internal readonly record struct ImageHeader(int Height, int Width)
{
    /// <summary>"480 x 640".</summary>
    public string Shape => $"{Height} x {Width}";
}
