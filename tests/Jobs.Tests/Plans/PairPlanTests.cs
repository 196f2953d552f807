using CsCheck;

namespace Granary.Jobs.Tests;

public class PairPlanTests
{
    [Fact]
    public void Pairs_are_numbered_as_two_loops_would_list_them() => Gen.Select(Gen.Int[0, 40], Gen.Int[1, 12]).Sample((words, window) =>
    {
        var listed = new List<(long, long)>();
        for (var centre = 0; centre < words; centre++)
        {
            for (var context = Math.Max(0, centre - window); context <= Math.Min(words - 1, centre + window); context++)
            {
                if (context != centre)
                {
                    listed.Add((centre, context));
                }
            }
        }

        var plan = new PairPlan(words, window);
        Assert.Equal(listed.Count, plan.Count);
        Assert.Equal(listed, Enumerable.Range(0, listed.Count).Select(p => plan.Of(p)));
    });

    [Fact]
    public void A_window_wider_than_the_run_pairs_every_word_with_every_other()
    {
        Assert.Equal(12, new PairPlan(4, 100).Count);
        Assert.Equal((3, 2), new PairPlan(4, 100).Of(11));
    }

    [Fact]
    public void Long_runs_are_counted_without_listing() => Assert.Equal(9_999_999_970, new PairPlan(1_000_000_000, 5).Count);
}
