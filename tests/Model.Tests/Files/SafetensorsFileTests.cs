using System.Text;
using Granary.Jobs;
using Granary.Model.Files;

namespace Granary.Model.Tests.Files;

public sealed class SafetensorsFileTests
{
    [Theory]
    [InlineData("{\"w\":{\"dtype\":\"F32\",\"shape\":[1000000000,1000000000],\"data_offsets\":[0,4]}}", "does not fill its 4 bytes")]
    [InlineData("{\"w\":{\"dtype\":\"F32\",\"shape\":[2147483647,2147483647,2147483647,2147483647,2147483647],\"data_offsets\":[0,4]}}", "does not fill")]
    [InlineData("{\"w\":{\"dtype\":\"F32\",\"shape\":[100],\"data_offsets\":[0,400]}}", "take 400 bytes, but 4 follow")]
    [InlineData("{\"w\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[4,4]}}", "begins at byte 4, where byte 0 is next")]
    [InlineData("{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"v\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", "where byte 4 is next")]
    [InlineData("{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"w\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[4,4]}}", "cannot be read")]
    [InlineData("{\"w\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", "has the size -1")]
    [InlineData("{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4]}}", "has the offsets [4]")]
    [InlineData("{\"w\":{\"shape\":[1],\"data_offsets\":[0,4]}}", "cannot be read")]
    [InlineData("{\"__metadata__\":{\"a\":1}}", "cannot be read")]
    [InlineData("{\"__metadata__\":{\"a\":null}}", "is no text")]
    [InlineData("[1]", "cannot be read")]
    [InlineData("{", "cannot be read")]
    [InlineData("", "its header claims 0 bytes")]
    public void Forged_headers_are_refused(string header, string message)
    {
        var error = Assert.Throws<JobException>(() => Open(header, [0, 0, 0, 0])).Message;
        Assert.Contains("no whole safetensors file", error);
        Assert.Contains(message, error);
    }

    [Fact]
    public void A_header_longer_than_the_file_is_not_believed()
    {
        var error = Assert.Throws<JobException>(() => SafetensorsFile.Open("f", new MemoryStream(BitConverter.GetBytes(long.MaxValue))));
        Assert.Contains("its header claims", error.Message);
    }

    [Theory]
    [InlineData("504b0304000008080000", "a zip archive, such as torch.save and numpy.savez write. In Python, save the weights with safetensors.torch.save_file(")]
    [InlineData("80028a0a6cfc9c46f920", "a Python pickle")]
    [InlineData("894844460d0a1a0a0000", "an HDF5 file")]
    [InlineData("934e554d505901007600", "a numpy array")]
    [InlineData("47475546030000000000", "a GGUF file")]
    [InlineData("1f8b0800000000000003", "gzipped. Unpack it first.")]
    public void Weights_in_another_format_are_named_for_what_they_are(string bytes, string message)
    {
        var error = Assert.Throws<JobException>(() => SafetensorsFile.Open("f", new MemoryStream(Convert.FromHexString(bytes)))).Message;
        Assert.StartsWith("f: this is no safetensors file, but " + message, error);
    }

    [Fact]
    public void A_header_whose_length_looks_like_another_format_is_a_header()
    {
        // 0x10280 bytes: the first two are those of a pickle.
        using var file = Open("{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}".PadRight(0x10280), [0, 0, 0, 0]);
        Assert.Equal("w", file.Tensors.Single().Name);
    }

    [Fact]
    public void Every_floating_point_format_reads_as_the_numbers_it_means()
    {
        byte[] data = [.. BitConverter.GetBytes((Half)1.5), .. new byte[] { 0x20, 0xc0 }, .. BitConverter.GetBytes(0.1f), .. BitConverter.GetBytes(0.1)];
        using var file = Open(
            """
            {"h":{"dtype":"F16","shape":[1],"data_offsets":[0,2]},"b":{"dtype":"BF16","shape":[1],"data_offsets":[2,4]},
             "f":{"dtype":"F32","shape":[],"data_offsets":[4,8]},"d":{"dtype":"F64","shape":[1,1],"data_offsets":[8,16]}}
            """, data);
        var values = new double[4];
        for (var i = 0; i < values.Length; i++)
        {
            file.Read(file.Tensors[i], values.AsSpan(i, 1));
        }

        Assert.Equal([1.5, -2.5, 0.1f, 0.1], values);
        var single = new float[1];
        file.Read(file.Tensors[3], single);
        Assert.Equal(0.1f, single[0]);
    }

    [Fact]
    public void Integers_are_no_weights()
    {
        using var file = Open("{\"n\":{\"dtype\":\"I8\",\"shape\":[4],\"data_offsets\":[0,4]}}", [0, 0, 0, 0]);
        Assert.Contains("type I8", Assert.Throws<JobException>(() => file.Read(file.Tensors[0], new float[4])).Message);
    }

    private static SafetensorsFile Open(string header, byte[] data) =>
        SafetensorsFile.Open("f", new MemoryStream([.. BitConverter.GetBytes((long)Encoding.UTF8.GetByteCount(header)), .. Encoding.UTF8.GetBytes(header), .. data]));
}
