using System.Buffers.Binary;
using Granary.Jobs;
using Granary.Model.Data.Images;
using Granary.Tests.Images;
using SkiaSharp;

namespace Granary.Model.Tests.Data.Images;

/// <summary>PNG and JPEG files of every form, against what was written into them and against Skia's decoders; and damaged ones.</summary>
public sealed class ImageFileTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private byte[] Pixels(byte[] file, string name = "a.png") => ImageFile.Decode(_folder.Write(name, file), name).Pixels;

    private string Error(byte[] file, string name = "a.png")
    {
        var message = Assert.Throws<JobException>(() => Pixels(file, name)).Message;
        Assert.StartsWith($"{name}: ", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        return message;
    }

    // Any pattern will do that has no symmetry.
    private static int Sample(int y, int x, int s, int depth) => ((y * 37) + (x * 11) + (s * 101) + (y * x)) & ((1 << depth) - 1);

    public static TheoryData<int, int, bool> Forms()
    {
        var all = new TheoryData<int, int, bool>();
        foreach (var (colour, depths) in new (int, int[])[] { (0, [1, 2, 4, 8, 16]), (2, [8, 16]), (3, [1, 2, 4, 8]), (4, [8, 16]), (6, [8, 16]) })
        {
            foreach (var depth in depths)
            {
                all.Add(colour, depth, false);
                all.Add(colour, depth, true);
            }
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Every_form_of_png_is_read_as_it_was_written(int colour, int depth, bool interlaced)
    {
        var palette = Enumerable.Range(0, 3 << Math.Min(depth, 8)).Select(i => (byte)((i * 71) + 5)).ToArray();
        foreach (var (height, width) in new[] { (11, 13), (1, 1), (3, 5) })
        {
            var pixels = Pixels(PngBytes.Of(height, width, colour, depth, (y, x, s) => Sample(y, x, s, depth), interlaced, colour == 3 ? palette : null));
            Assert.Equal(height * width * 4, pixels.Length);
            for (var y = 0; y < height; y++)
            {
                for (var x = 0; x < width; x++)
                {
                    Assert.Equal(Expected(y, x, colour, depth, palette), pixels.AsSpan(((y * width) + x) * 4, 4).ToArray());
                }
            }
        }
    }

    // Fewer bits are spread over 0 to 255; of 16 the upper 8 are left.
    private static byte[] Expected(int y, int x, int colour, int depth, byte[] palette)
    {
        byte Value(int s) => depth == 16 ? (byte)(Sample(y, x, s, depth) >> 8) : (byte)(Sample(y, x, s, depth) * 255 / ((1 << depth) - 1));
        var place = 3 * Sample(y, x, 0, depth);
        return colour switch
        {
            0 => [Value(0), Value(0), Value(0), 255],
            2 => [Value(0), Value(1), Value(2), 255],
            3 => [palette[place], palette[place + 1], palette[place + 2], 255],
            4 => [Value(0), Value(0), Value(0), Value(1)],
            _ => [Value(0), Value(1), Value(2), Value(3)],
        };
    }

    private static byte[] Jpeg(int height, int width, SKColorType type, int quality = 95)
    {
        using var bitmap = new SKBitmap(width, height, type, SKAlphaType.Opaque);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                bitmap.SetPixel(x, y, new SKColor((byte)(60 + (4 * x)), (byte)(200 - (3 * y)), (byte)(100 + (2 * Math.Min(x, y)))));
            }
        }

        using var data = bitmap.Encode(SKEncodedImageFormat.Jpeg, quality);
        return data.ToArray();
    }

    [Theory]
    [InlineData(17, 23, false)]
    [InlineData(32, 40, false)]
    [InlineData(9, 16, true)]
    public void Jpeg_is_read_as_another_decoder_reads_it(int height, int width, bool grey)
    {
        var file = Jpeg(height, width, grey ? SKColorType.Gray8 : SKColorType.Rgba8888);
        using var skia = SKBitmap.Decode(file);
        Assert.Equal((height, width), (skia.Height, skia.Width));
        var pixels = Pixels(file, "a.jpg");
        var errors = new List<int>();
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var (at, colour) = (((y * width) + x) * 4, skia.GetPixel(x, y));
                errors.AddRange([Math.Abs(pixels[at] - colour.Red), Math.Abs(pixels[at + 1] - colour.Green), Math.Abs(pixels[at + 2] - colour.Blue)]);
                Assert.Equal(255, pixels[at + 3]);
            }
        }

        Assert.True(errors.Average() <= 1 && errors.Max() <= 6, $"mean {errors.Average()}, greatest {errors.Max()}"); // decoders may round the transform and the colours otherwise
    }

    [Fact]
    public void The_bytes_tell_what_a_file_is_and_not_its_name()
    {
        var (png, jpeg) = (PngBytes.Rgb(4, 5, (y, x, s) => Sample(y, x, s, 8)), Jpeg(4, 5, SKColorType.Rgba8888));
        Assert.Equal(Pixels(png), Pixels(png, "a.jpg"));
        Assert.Equal(Pixels(jpeg, "a.jpg"), Pixels(jpeg, "a.txt"));
        Assert.Equal(("PNG", "JPEG"), (ImageFile.Kind(_folder["a.png"]), ImageFile.Kind(_folder["a.txt"])));
    }

    [Theory]
    [InlineData("", "a.png: it is empty. Fetch it again, or take it out.")]
    [InlineData("GIF89a", "a.png: it is a GIF file, but images are PNG or JPEG files. Convert it, or take it out.")]
    [InlineData("class,x\nb,1\n", "a.png: it is neither a PNG nor a JPEG file. Convert it, or take it out.")]
    [InlineData("version https://git-lfs.github.com/spec/v1\n", "a.png: this is a pointer that Git LFS keeps in the place of a file. Fetch the file itself: git lfs pull. Images are PNG or JPEG files.")]
    public void What_is_no_image_is_named(string content, string message) => Assert.Equal(message, Error(System.Text.Encoding.ASCII.GetBytes(content)));

    [Fact]
    public void A_file_that_is_cut_off_anywhere_is_refused()
    {
        foreach (var (name, file) in new[] { ("a.png", PngBytes.Rgb(6, 5, (y, x, s) => Sample(y, x, s, 8))), ("a.jpg", Jpeg(24, 24, SKColorType.Rgba8888)) })
        {
            Assert.NotEmpty(Pixels(file, name));
            for (var length = 0; length < file.Length; length++)
            {
                Assert.Matches("cut off|empty|neither|damaged", Error(file[..length], name));
            }
        }
    }

    [Fact]
    public void A_png_with_a_wrong_byte_anywhere_is_refused()
    {
        var file = PngBytes.Rgb(6, 5, (y, x, s) => Sample(y, x, s, 8));
        for (var at = 0; at < file.Length; at++)
        {
            var wrong = file.ToArray();
            wrong[at] ^= 0x21;
            Error(wrong);
        }
    }

    [Fact]
    public void A_jpeg_with_wrong_bytes_is_decoded_or_refused_and_nothing_else()
    {
        var (file, random) = (Jpeg(24, 40, SKColorType.Rgba8888, quality: 60), new Random(5));
        for (var run = 0; run < 2000; run++)
        {
            var wrong = file.ToArray();
            for (var i = 0; i <= run % 4; i++)
            {
                wrong[random.Next(2, wrong.Length)] = (byte)random.Next(256);
            }

            try
            {
                Assert.NotEmpty(Pixels(wrong, "a.jpg"));
            }
            catch (JobException e)
            {
                Assert.StartsWith("a.jpg: ", e.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Sizes_that_a_header_claims_are_bounded_before_anything_is_decoded()
    {
        Assert.Equal(
            "a.png: its header claims 100000 x 100000 pixels, but of an image 33,554,432 at the most are read, 65,535 on a side. Make it smaller, or take it out.", Error(PngBytes.File(100_000, 100_000, 2, 8, false, null, new byte[100])));
        Assert.StartsWith("a.png: its header claims 70000 x 1 pixels, but", Error(PngBytes.File(70_000, 1, 2, 8, false, null, new byte[100])), StringComparison.Ordinal);
        var jpeg = Jpeg(16, 16, SKColorType.Rgba8888);
        var frame = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xff, 0xc0]);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 5), 65000);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 7), 65000);
        Assert.StartsWith("a.jpg: its header claims 65000 x 65000 pixels, but", Error(jpeg, "a.jpg"), StringComparison.Ordinal);
    }

    [Fact]
    public void Pixels_that_unpack_to_more_or_less_than_the_header_says_are_refused()
    {
        Assert.Equal("a.png: it is damaged: it holds more than the 100 bytes of pixels that its header promises. Save it anew, or take it out.", Error(PngBytes.File(10, 9, 0, 8, false, null, new byte[1 << 24])));
        Assert.Equal("a.png: it is damaged: its header promises 100 bytes of pixels, but 99 are there. Save it anew, or take it out.", Error(PngBytes.File(10, 9, 0, 8, false, null, new byte[99])));
    }

    [Theory]
    [InlineData(0xc3, 8, 3, "a lossless, hierarchical or arithmetic one")]
    [InlineData(0xc9, 8, 3, "a lossless, hierarchical or arithmetic one")]
    [InlineData(0xc1, 12, 3, "one of 12 bits a sample")]
    [InlineData(0xc0, 8, 4, "one of four colours (CMYK)")]
    [InlineData(0xc2, 8, 2, "one of 2 colours")]
    public void Kinds_of_jpeg_that_are_not_read_are_named(byte marker, byte bits, byte colours, string what)
    {
        byte[] frame = [bits, 0, 8, 0, 8, colours, .. Enumerable.Range(0, colours).SelectMany(c => new byte[] { (byte)c, 0x11, 0 })];
        byte[] file = [0xff, 0xd8, 0xff, marker, 0, (byte)(frame.Length + 2), .. frame, 0xff, 0xda, 0, 2, 0xff, 0xd9];
        Assert.Equal($"a.jpg: it is a JPEG file of a kind that is not read, {what}. Save it as a usual JPEG (8 bits, RGB or grey) or as PNG.", Error(file, "a.jpg"));
    }
}
