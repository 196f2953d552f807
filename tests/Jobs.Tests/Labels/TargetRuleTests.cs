using System.Globalization;

namespace Granary.Jobs.Tests.Labels;

/// <summary>Data sets that everybody knows, by the values that their targets have.</summary>
public class TargetRuleTests
{
    private static TargetKind Of(int rows, IEnumerable<double> values) =>
        TargetRule.Of(ClassNames.Of([.. values.Distinct().Select(v => v.ToString(CultureInfo.InvariantCulture))]), rows);

    private static IEnumerable<double> Spread(int count, double least, double greatest, int digits) =>
        Enumerable.Range(0, count).Select(i => Math.Round(least + ((greatest - least) * i / (count - 1)), digits));

    [Fact]
    public void Classes_are_classes()
    {
        Assert.Equal(TargetKind.Classes, Of(150, [0, 1, 2])); // iris
        Assert.Equal(TargetKind.Classes, Of(1797, Spread(10, 0, 9, 0))); // digits
        Assert.Equal(TargetKind.Classes, Of(6497, Spread(7, 3, 9, 0))); // wine's quality
        Assert.Equal(TargetKind.Classes, Of(11_314, Spread(20, 0, 19, 0))); // newsgroups
        Assert.Equal(TargetKind.Classes, Of(200, Spread(20, 1, 20, 0)));
        Assert.Equal(TargetKind.Classes, Of(581_012, Spread(7, 1, 7, 0))); // forest cover
        Assert.Equal(TargetKind.Classes, Of(100_000, Spread(10, 0.5, 5, 1))); // stars of films
        Assert.Equal(TargetKind.Classes, Of(395, Spread(18, 0, 20, 0))); // grades
        Assert.Equal(TargetKind.Classes, Of(4, [0.1, 0.2]));
        Assert.Equal(TargetKind.Classes, Of(60, Spread(15, 0, 14, 0)));
        Assert.Equal(TargetKind.Classes, Of(50_000, Spread(100, 0, 99, 0))); // small pictures
        Assert.Equal(TargetKind.Classes, Of(131_600, Spread(47, 0, 46, 0))); // letters and digits by hand
        Assert.Equal(TargetKind.Classes, Of(20_000, Spread(26, 1, 26, 0))); // letters
        Assert.Equal(TargetKind.Classes, Of(1_300_000, Spread(1_000, 1, 1_000, 0))); // an image net
    }

    [Fact]
    public void What_may_be_either_is_worth_a_warning()
    {
        Assert.Equal(TargetKind.Doubtful, Of(13_233, Spread(5_749, 0, 5_748, 0))); // people, 2 pictures each
        Assert.Equal(TargetKind.Doubtful, Of(400, Spread(40, 0, 39, 0))); // faces
        Assert.Equal(TargetKind.Doubtful, Of(300, Spread(30, 1, 30, 0))); // days of a month, or rings of shells
        Assert.Equal(TargetKind.Doubtful, Of(32_561, Spread(73, 17, 90, 0))); // ages
        Assert.Equal(TargetKind.Doubtful, Of(515_345, Spread(89, 1922, 2011, 0))); // years of songs
        Assert.Equal(TargetKind.Doubtful, Of(900, Spread(30, 100, 599, 0))); // codes
        Assert.Equal(TargetKind.Doubtful, Of(7_000_000, Spread(5_000, 1_000, 1_000_000, 0)));
    }

    [Fact]
    public void A_quantity_is_none()
    {
        Assert.Equal(TargetKind.Continuous, Of(442, Spread(214, 25, 346, 0))); // diabetes
        Assert.Equal(TargetKind.Continuous, Of(5_000, Spread(4_900, 30_000, 990_000, 0))); // prices of houses
        Assert.Equal(TargetKind.Continuous, Of(20_640, Spread(3_842, 0.14999, 5.00001, 5))); // California
        Assert.Equal(TargetKind.Continuous, Of(20_640, Spread(3_842, 14_999, 500_001, 0)));
        Assert.Equal(TargetKind.Continuous, Of(20_000, Spread(800, 50_000, 1_500_000, -0)));
        Assert.Equal(TargetKind.Continuous, Of(506, Spread(229, 5, 50, 1))); // Boston
        Assert.Equal(TargetKind.Continuous, Of(300, Spread(299, -3, 3, 6)));
        Assert.Equal(TargetKind.Continuous, Of(10_886, Spread(822, 1, 977, 0))); // bicycles rented
        Assert.Equal(TargetKind.Continuous, Of(20, Spread(16, 138, 247, 0))); // Linnerud's weights
        Assert.Equal(TargetKind.Continuous, Of(500, Spread(500, 0, 499, 0))); // the row's number
    }

    [Fact]
    public void Names_of_rows_are_none()
    {
        TargetKind Texts(int rows, int count) => TargetRule.Of(ClassNames.Of([.. Enumerable.Range(0, count).Select(i => $"n{i}")]), rows);
        Assert.Equal(TargetKind.Continuous, Texts(50, 50));
        Assert.Equal(TargetKind.Continuous, Texts(1_000, 920));
        Assert.Equal(TargetKind.Doubtful, Texts(1_000, 500));
        Assert.Equal(TargetKind.Classes, Texts(1_000, 100));
        Assert.Equal(TargetKind.Classes, Texts(5, 5));
    }
}
