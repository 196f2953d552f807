using System.Globalization;
using System.Numerics;
using CsCheck;

namespace Granary.Jobs.Tests.Labels;

public class LabelNumberTests
{
    [Theory]
    [InlineData("1", "+1", "01", "1.0", "1e0", "1.", "0.1e1", "10E-1", "1000e-3")]
    [InlineData("0", "-0", "0.0", "+0", "0e99", ".0", "0.")]
    [InlineData("-1", "-1.00", "-0.1e+1")]
    [InlineData("1000", "1e3", "1E+3", "1000.0")]
    [InlineData("0.5", ".5", "5e-1", "0.50")]
    [InlineData("9007199254740993", "9007199254740993.0", "9.007199254740993e15")]
    public void Every_spelling_of_a_number_is_that_number(string usual, params string[] others) => Assert.All(
        [usual, .. others], text => Assert.Equal((LabelNumber.Parse(usual), usual), (LabelNumber.Parse(text), LabelNumber.Parse(text).ToString())));

    [Theory]
    [InlineData("")]
    [InlineData("nan")]
    [InlineData("inf")]
    [InlineData("1e")]
    [InlineData("1e2.5")]
    [InlineData(".")]
    [InlineData("-")]
    [InlineData("+-1")]
    [InlineData("1,000")]
    [InlineData("0x10")]
    [InlineData("1e99999999999")]
    [InlineData("٣")]
    public void Anything_else_is_none(string text) => Assert.Null(LabelNumber.Parse(text));

    // Beside decimal and BigInteger, which know nothing of this code.
    [Fact]
    public void Order_and_equality_are_those_of_the_numbers() => Gen.Select(Spelling, Spelling).Sample((a, b) =>
    {
        var (x, y) = (LabelNumber.Parse(a)!.Value, LabelNumber.Parse(b)!.Value);
        var expected = decimal.Parse(a, NumberStyles.Float, CultureInfo.InvariantCulture).CompareTo(decimal.Parse(b, NumberStyles.Float, CultureInfo.InvariantCulture));
        Assert.Equal((expected, expected == 0), (Math.Sign(x.CompareTo(y)), x == y));
        Assert.True(expected != 0 || x.GetHashCode() == y.GetHashCode());
        Assert.Equal(x, LabelNumber.Parse(x.ToString()));
    });

    private static readonly Gen<string> Spelling = Gen.Select(Gen.Int[-200, 200], Gen.Int[-3, 3], Gen.Int[0, 3], Gen.Int[0, 2]).Select((n, e, zeros, form) =>
    {
        var sign = n < 0 ? "-" : form == 1 ? "+" : "";
        return $"{sign}{new string('0', zeros)}{Math.Abs(n).ToString(CultureInfo.InvariantCulture)}{(form == 2 ? ".00" : "")}e{e.ToString(CultureInfo.InvariantCulture)}";
    });

    [Fact]
    public void Whole_numbers_of_any_size_keep_their_order() => Gen.Long.Array[2, 50].Sample(numbers =>
    {
        var big = numbers.Select(n => (BigInteger)n * long.MaxValue).ToArray();
        Assert.Equal(
            big.Order().Select(n => n.ToString(CultureInfo.InvariantCulture)),
            big.Select(n => n.ToString(CultureInfo.InvariantCulture)).OrderBy(n => LabelNumber.Parse(n)!.Value));
    });

    [Fact]
    public void Whether_it_is_whole_does_not_depend_on_its_spelling()
    {
        Assert.All(["2", "2.0", "20e-1", "0.0", "1e30"], t => Assert.True(LabelNumber.Parse(t)!.Value.IsWhole));
        Assert.All(["0.5", "25e-1", "1e-30"], t => Assert.False(LabelNumber.Parse(t)!.Value.IsWhole));
    }
}
