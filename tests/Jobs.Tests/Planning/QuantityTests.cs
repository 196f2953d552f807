using CsCheck;

namespace Granary.Jobs.Tests.Planning;

public class QuantityTests
{
    [Theory]
    [InlineData("10Gbit", 1.25e9)]
    [InlineData("10Gbit/s", 1.25e9)]
    [InlineData("100 Mbit", 1.25e7)]
    [InlineData("1.2GB", 1.2e9)]
    [InlineData("800kB/s", 8e5)]
    [InlineData("unbounded", double.PositiveInfinity)]
    public void A_bandwidth_is_bytes_a_second(string text, double bytes) => Assert.Equal(bytes, Quantity.Bandwidth("--bandwidth", text), bytes * 1e-12);

    [Theory]
    [InlineData("50us", 50e-6)]
    [InlineData("0.2ms", 0.2e-3)]
    [InlineData("900ns", 900e-9)]
    [InlineData("1.5s", 1.5)]
    [InlineData("2min", 120)]
    [InlineData("0us", 0)]
    public void A_time_is_seconds(string text, double seconds) => Assert.Equal(seconds, Quantity.Time("--latency", text), 1e-15);

    [Theory]
    [InlineData("5T", 5e12)]
    [InlineData("20G", 20e9)]
    [InlineData("1.5P", 1.5e15)]
    public void Flops_are_operations_a_second(string text, double flops) => Assert.Equal(flops, Quantity.Flops("--flops", text), flops * 1e-12);

    [Theory]
    [InlineData("10")]
    [InlineData("10Gb")]
    [InlineData("10gbit")]
    [InlineData("-1GB")]
    [InlineData("0GB")]
    [InlineData("1,2GB")]
    [InlineData("1.2.3GB")]
    [InlineData("GB")]
    [InlineData("")]
    [InlineData("50us")]
    public void What_is_no_bandwidth_is_told_with_an_example(string text) => Assert.Equal(
        $"--bandwidth {text}: it must be bits or bytes a second, as in 10Gbit or 1.2GB, or unbounded, and above 0.",
        Assert.Throws<JobException>(() => Quantity.Bandwidth("--bandwidth", text)).Message);

    [Fact]
    public void What_is_no_time_or_no_flops_is_told_with_an_example()
    {
        Assert.Equal(
            "--latency 5: it must be a time, as in 50us or 0.2ms.", Assert.Throws<JobException>(() => Quantity.Time("--latency", "5")).Message);
        Assert.Equal(
            "--flops 5Tflops: it must be floating-point operations a second, as in 5T or 20G, and above 0.",
            Assert.Throws<JobException>(() => Quantity.Flops("--flops", "5Tflops")).Message);
    }

    [Theory]
    [InlineData(0.08, "80 ms")]
    [InlineData(0.0031, "3.1 ms")]
    [InlineData(4.2e-5, "42 us")]
    [InlineData(1.25, "1.25 s")]
    [InlineData(0, "0 s")]
    public void A_duration_in_a_sentence_has_a_unit_that_fits(double seconds, string text) => Assert.Equal(text, Quantity.OfDuration(seconds));

    // Three digits at least are kept, so that what is printed means the same when it is given again.
    [Fact]
    public void What_is_printed_can_be_given_again() => Gen.Double[-9, 17].Sample(power =>
    {
        var value = Math.Pow(10, power);
        return (power < 1 || Near(value, Quantity.Bandwidth("", Quantity.OfBandwidth(value))))
            && (power < 1 || Near(value, Quantity.Flops("", Quantity.OfCount(value))))
            && (power > 9 || Near(value, Quantity.Time("", Quantity.OfTime(value))));
    });

    private static bool Near(double expected, double actual) => Math.Abs(actual - expected) <= 0.0051 * expected;
}
