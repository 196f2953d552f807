using Granary.Grains.Coordination;

namespace Granary.Grains.Tests;

/// <summary>Who stands aside where silos do not reach each other.</summary>
public class CutRuleTests
{
    /// <summary>Pairs that do not reach each other, and who stands aside.</summary>
    public static TheoryData<string, string> Cuts => new()
    {
        { "", "" },
        { "a-b", "b" }, // whoever tells it
        { "b-a", "b" },
        { "a-b b-a", "b" },
        { "a-b b-c", "b" }, // the one that all miss
        { "b-a c-a d-a", "a" },
        { "a-b c-d", "d b" },
        { "a-b a-c b-c", "c b" },
        { "a-c a-d b-c b-d", "d c" }, // two halves
    };

    [Theory]
    [MemberData(nameof(Cuts))]
    public void The_rest_reach_each_other(string pairs, string aside) =>
        Assert.Equal(aside, string.Join(' ', CutRule.Choose(Pairs(pairs), _ => true).Select(a => a.Silo)));

    [Fact]
    public void Of_a_member_and_one_that_comes_the_one_that_comes_stands_aside() => Assert.Equal(["a"], CutRule.Choose(Pairs("a-b"), s => s == "a").Select(a => a.Silo));

    [Fact]
    public void It_is_told_whom_it_does_not_reach() => Assert.Equal("it and a, c do not reach each other", CutRule.Choose(Pairs("c-b a-b"), _ => true).Single().Why);

    [Fact]
    public void What_was_said_is_told()
    {
        CutRule.Aside aside = new("b", ["a"], "its certificate is of another authority");
        Assert.Equal("it and a do not reach each other (its certificate is of another authority)", aside.Why);
        Assert.Equal("silo b and a do not reach each other, though they live (its certificate is of another authority)", new CutOffException([aside]).Message);
    }

    private static IEnumerable<(string, string)> Pairs(string pairs) =>
        pairs.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split('-')).Select(p => (p[0], p[1]));
}
