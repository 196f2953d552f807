namespace Granary.Model.Data.Images;

/// <summary>Resizes by a triangle filter: between pixels it is linear interpolation, and where an image becomes smaller the triangle is as wide as what a new pixel covers, so that no old one is passed over.</summary>
internal static class ImageResize
{
    /// <summary>Resizes one channel.</summary>
    /// <param name="from">[H, W].</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    /// <param name="into">[H', W'].</param>
    /// <param name="newHeight">H'.</param>
    /// <param name="newWidth">W'.</param>
    public static void Plane(ReadOnlySpan<byte> from, int height, int width, Span<byte> into, int newHeight, int newWidth)
    {
        if ((height, width) == (newHeight, newWidth))
        {
            from.CopyTo(into);
            return;
        }

        var (across, down, row) = (Filters(width, newWidth), Filters(height, newHeight), new double[width]);
        for (var y = 0; y < newHeight; y++)
        {
            row.AsSpan().Clear();
            for (var i = 0; i < down[y].Weights.Length; i++)
            {
                var weight = down[y].Weights[i];
                var old = from.Slice((down[y].First + i) * width, width);
                for (var x = 0; x < width; x++)
                {
                    row[x] += weight * old[x];
                }
            }

            for (var x = 0; x < newWidth; x++)
            {
                var sum = 0.0;
                for (var i = 0; i < across[x].Weights.Length; i++)
                {
                    sum += across[x].Weights[i] * row[across[x].First + i];
                }

                into[(y * newWidth) + x] = (byte)Math.Clamp(Math.Floor(sum + 0.5), 0, 255);
            }
        }
    }

    // For each new pixel: the first old one that counts, and what each of them weighs. Together they weigh 1.
    private static (int First, double[] Weights)[] Filters(int old, int made)
    {
        var scale = (double)old / made;
        var reach = Math.Max(1, scale);
        var filters = new (int, double[])[made];
        for (var i = 0; i < made; i++)
        {
            var centre = (i + 0.5) * scale;
            var (first, end) = ((int)Math.Max(0, Math.Floor(centre - reach)), (int)Math.Min(old, Math.Ceiling(centre + reach)));
            var weights = new double[end - first];
            for (var k = 0; k < weights.Length; k++)
            {
                weights[k] = Math.Max(0, 1 - (Math.Abs(first + k + 0.5 - centre) / reach));
            }

            var sum = weights.Sum();
            filters[i] = (first, [.. weights.Select(w => w / sum)]);
        }

        return filters;
    }
}
