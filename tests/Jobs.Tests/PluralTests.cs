using System.Globalization;

namespace Granary.Jobs.Tests;

public class PluralTests
{
    [Theory]
    [InlineData(0, "silo", "0 silos")]
    [InlineData(1, "silo", "1 silo")]
    [InlineData(2, "silo", "2 silos")]
    [InlineData(1_437_000, "held-out example", "1,437,000 held-out examples")]
    [InlineData(1, "recovery", "1 recovery")]
    [InlineData(3, "recovery", "3 recoveries")]
    [InlineData(3, "day", "3 days")]
    [InlineData(2, "batch", "2 batches")]
    [InlineData(20, "epoch", "20 epochs")]
    [InlineData(2, "loss", "2 losses")]
    public void A_noun_follows_its_number(long count, string noun, string text) => Assert.Equal(text, Plural.Of(count, noun));

    [Fact]
    public void Numbers_are_written_alike_everywhere()
    {
        var before = CultureInfo.CurrentCulture;
        var other = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        other.NumberFormat.NumberGroupSeparator = ".";
        CultureInfo.CurrentCulture = other;
        try
        {
            Assert.Equal("12,345 steps", Plural.Of(12_345, "step"));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
