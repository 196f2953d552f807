using CsCheck;

namespace Granary.Jobs.Tests.Splits;

public class SplitSizeTests
{
    private static readonly Gen<long[]> Strata = Gen.Long[1, 60].Array[1, 12];

    [Fact]
    public void Each_class_gives_its_share_to_one_row_and_never_its_last_row() => Gen.Select(Gen.Int[1, 99], Strata).Sample((percent, rows) =>
    {
        var fraction = percent / 100m;
        var held = StratumSizes.Held(fraction, rows);
        Assert.All(held.Zip(rows), s =>
        {
            Assert.True(Math.Abs(s.First - (fraction * s.Second)) < 1, $"{s.First} of {s.Second} at {fraction}");
            Assert.InRange(s.First, 0, s.Second - 1);
        });
        Assert.InRange(held.Sum(), decimal.Floor(fraction * rows.Sum()) - rows.Length, decimal.Floor(fraction * rows.Sum()));
    });

    [Fact]
    public void Folds_take_every_row_once_and_differ_by_one_row() => Gen.Select(Gen.Int[2, 10], Strata).Sample((folds, rows) =>
    {
        var sizes = StratumSizes.Folds(folds, rows);
        Assert.Equal(rows, sizes.Select(s => s.Sum()));
        Assert.All(sizes, s => Assert.InRange(s.Max() - s.Min(), 0, 1));
        long[] all = [.. Enumerable.Range(0, folds).Select(f => sizes.Sum(s => s[f]))];
        Assert.InRange(all.Max() - all.Min(), 0, 1);
    });

    // Published values of FNV-1a, 64 bits.
    [Theory]
    [InlineData("", 0xcbf29ce484222325)]
    [InlineData("a", 0xaf63dc4c8601ec8c)]
    [InlineData("foobar", 0x85944171f73967e8)]
    public void The_hash_of_a_name_is_fnv_1a(string text, ulong hash) => Assert.Equal(hash, GroupHash.Fnv(System.Text.Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void A_group_is_a_whole_number_that_a_double_holds() => Gen.String.Sample(name =>
    {
        var hash = GroupHash.Of(name.Replace('\ud800', 'x'));
        Assert.True(double.IsInteger(hash) && hash is >= 0 and < 1L << 53);
    });

    [Theory]
    [InlineData("2/5", 2, 5)]
    [InlineData(" 1 / 2 ", 1, 2)]
    [InlineData("1000/1000", 1000, 1000)]
    public void A_fold_is_one_of_so_many(string text, int number, int of) => Assert.Equal(new Fold(number, of), Fold.Parse(text));

    [Theory]
    [InlineData("0/5")]
    [InlineData("6/5")]
    [InlineData("1/1")]
    [InlineData("1/1001")]
    [InlineData("-1/5")]
    [InlineData("2")]
    [InlineData("2/5/7")]
    [InlineData("two/five")]
    public void Anything_else_is_no_fold(string text) => Assert.Null(Fold.Parse(text));
}
