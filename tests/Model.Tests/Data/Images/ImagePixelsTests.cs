using Granary.Jobs;
using Granary.Model.Data.Images;

namespace Granary.Model.Tests.Data.Images;

/// <summary>Channels and sizes that a model takes.</summary>
public class ImagePixelsTests
{
    private static byte[] Write(byte[] pixels, int height, int width, ImageSize size)
    {
        var into = new byte[size.Numbers];
        ImagePixels.Write(pixels, new ImageHeader(height, width), size, into);
        return into;
    }

    [Fact]
    public void Colours_lie_channel_by_channel_and_alpha_is_left_out() => Assert.Equal(
        [1, 4, 2, 5, 3, 6], Write([1, 2, 3, 0, 4, 5, 6, 128], 1, 2, new ImageSize(3, 1, 2)));

    [Fact]
    public void Grey_is_the_luma_of_rec_601_and_leaves_grey_as_it_is()
    {
        byte[] levels = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        Assert.Equal(levels, Write([.. levels.SelectMany(v => new byte[] { v, v, v, 255 })], 16, 16, new ImageSize(1, 16, 16)));
        var random = new Random(4);
        var pixels = Enumerable.Range(0, 4 * 500).Select(_ => (byte)random.Next(256)).ToArray();
        var grey = Write(pixels, 500, 1, new ImageSize(1, 500, 1));
        for (var i = 0; i < grey.Length; i++)
        {
            Assert.Equal((0.299 * pixels[4 * i]) + (0.587 * pixels[(4 * i) + 1]) + (0.114 * pixels[(4 * i) + 2]), grey[i], 0.51);
        }
    }

    [Fact]
    public void An_image_half_as_large_has_the_triangle_s_means()
    {
        // Each new pixel covers two old ones; the triangle reaches one more on each side: weights 1, 3, 3, 1 of 8.
        byte[] row = [0, 80, 160, 240, 40, 120, 200, 16];
        var made = new byte[4];
        ImageResize.Plane(row, 1, 8, made, 1, 4);
        Assert.Equal((byte)Math.Floor((((80 * 1) + (160 * 3) + (240 * 3) + (40 * 1)) / 8.0) + 0.5), made[1]);
        Assert.Equal((byte)Math.Floor((((0 * 3) + (80 * 3) + (160 * 1)) / 7.0) + 0.5), made[0]); // at the edge there are fewer
    }

    [Fact]
    public void An_image_twice_as_large_is_interpolated()
    {
        var made = new byte[4];
        ImageResize.Plane([0, 100], 1, 2, made, 1, 4);
        Assert.Equal([0, 25, 75, 100], made);
        var tall = new byte[4];
        ImageResize.Plane([0, 100], 2, 1, tall, 4, 1);
        Assert.Equal(made, tall);
    }

    [Theory]
    [InlineData(7, 5, 3, 9)]
    [InlineData(4, 4, 9, 2)]
    [InlineData(1, 1, 6, 6)]
    [InlineData(200, 3, 1, 1)]
    public void One_colour_stays_that_colour_at_any_size(int height, int width, int newHeight, int newWidth)
    {
        var made = new byte[newHeight * newWidth];
        ImageResize.Plane([.. Enumerable.Repeat((byte)173, height * width)], height, width, made, newHeight, newWidth);
        Assert.All(made, v => Assert.Equal(173, v));
    }
}
