namespace Granary.Jobs.Tests.Columns;

/// <summary>Numbers by their place in the order of all, over shards, against a sort.</summary>
public class RankSearchTests
{
    private static double[] Numbers(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i => (i % 5) switch
        {
            0 => random.Next(-3, 4),
            1 => -random.NextDouble(),
            2 => random.NextDouble() * 1e300,
            3 => BitConverter.Int64BitsToDouble(random.NextInt64(1L << 52)),
            _ => 1234.5,
        })];
    }

    private static IReadOnlyList<double> Find(double[] numbers, int shards, IEnumerable<RankSearch.Sought> sought, out int rounds)
    {
        ulong[][] keys = [.. Enumerable.Range(0, shards).Select(v => numbers.Where((_, i) => i % shards == v).Select(SortKey.Of).Order().ToArray())];
        var search = new RankSearch(sought);
        for (rounds = 0; !search.IsDone; rounds++)
        {
            var questions = search.Questions;
            search.Take([.. keys.Select(own => questions.Select(q => q.CountIn(own)).ToArray())]);
        }

        return search.Found;
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 40)]
    [InlineData(7, 40)]
    [InlineData(3, 1001)]
    public void Every_rank_is_that_of_a_sort(int shards, int count)
    {
        var numbers = Numbers(count, count);
        double[] sorted = [.. numbers.Order()];
        var found = Find(numbers, shards, Enumerable.Range(0, count).Select(rank => new RankSearch.Sought(0, 0, rank)), out var rounds);
        Assert.Equal(sorted, found);
        Assert.Equal(8, rounds);
    }

    [Fact]
    public void Numbers_that_fill_gaps_are_counted_too()
    {
        var numbers = Numbers(50, 9);
        double[] sorted = [.. numbers.Concat(Enumerable.Repeat(0.25, 13)).Order()];
        Assert.Equal(sorted, Find(numbers, 4, Enumerable.Range(0, 63).Select(rank => new RankSearch.Sought(2, -1, rank, 0.25, 13)), out _));
    }

    [Fact]
    public void Keys_have_the_numbers_order_and_both_zeros_are_one()
    {
        double[] order = [double.NegativeInfinity, double.MinValue, -1, -double.Epsilon, 0, double.Epsilon, 1, double.MaxValue, double.PositiveInfinity];
        Assert.Equal(order, Enumerable.Reverse(order).Select(SortKey.Of).Order().Select(SortKey.ToDouble));
        Assert.Equal(SortKey.Of(0), SortKey.Of(-0.0));
    }

    // numpy.quantile([1, 2, 4, 8], [0.25, 0.5, 0.75]).
    [Fact]
    public void Quantiles_lie_between_two_numbers_as_numpy_s_do()
    {
        double[] numbers = [1, 2, 4, 8];
        Assert.Equal((double[])[1.75, 3, 5], new[] { 0.25, 0.5, 0.75 }.Select(q => Quantile.Of(4, q)).Select(q => q.Between(numbers[q.Below], numbers[q.Above])));
        Assert.Equal(7, Quantile.Of(1, 0.75).Between(7, 7));
    }
}
