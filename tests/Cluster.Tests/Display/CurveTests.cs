using Granary.Client.Display;

namespace Granary.Cluster.Tests.Display;

public class CurveTests
{
    [Fact]
    public void The_first_loss_does_not_flatten_what_follows()
    {
        // 300 at first, then from 2 to 1: half of the height is for what changes now.
        double[] losses = [300, 150, 40, .. Enumerable.Range(0, 97).Select(i => 2 - (i / 96.0))];
        var scale = CurveScale.Of(losses);
        Assert.InRange(scale.Height(2) - scale.Height(1), 0.8, 1);
        Assert.Equal((1, 1, 0), (scale.Height(300), scale.Height(double.PositiveInfinity), scale.Height(0.5)));
    }

    [Fact]
    public void A_spike_does_not_either()
    {
        double[] losses = [.. Enumerable.Range(0, 200).Select(i => i == 150 ? 1e6 : 2 - (i / 200.0))];
        Assert.InRange(CurveScale.Of(losses).High, 1.5, 2);
    }

    [Fact]
    public void A_loss_that_falls_through_powers_of_ten_falls_evenly()
    {
        double[] losses = [.. Enumerable.Range(0, 101).Select(i => Math.Pow(10, -i / 25.0))];
        var scale = CurveScale.Of(losses);
        Assert.True(scale.Logarithmic);
        Assert.Equal(scale.Height(1e-2) - scale.Height(1e-3), scale.Height(1e-3) - scale.Height(1e-4), 1e-9);
    }

    [Theory]
    [InlineData(2.0)]
    [InlineData(0.0)]
    [InlineData(-3.0)]
    public void A_loss_that_stays_is_a_line_at_the_bottom(double loss)
    {
        double[] losses = [loss, loss, loss];
        Assert.Equal(["   ", "..."], Curve.Draw(losses, CurveScale.Of(losses), 3, 2, unicode: false));
    }

    [Fact]
    public void Values_that_are_no_numbers_leave_gaps()
    {
        double[] losses = [3, double.NaN, 1, 1];
        Assert.Equal(["'   ", "  .."], Curve.Draw(losses, new CurveScale(1, 3, false), 4, 2, unicode: false));
        double[] nothing = [double.NaN, double.PositiveInfinity];
        Assert.Equal(["  "], Curve.Draw(nothing, CurveScale.Of(nothing), 2, 1, unicode: false));
    }

    [Fact]
    public void A_fall_is_drawn_as_one()
    {
        double[] losses = [1, 0];
        Assert.Equal(["':", " :"], Curve.Draw(losses, new CurveScale(0, 1, false), 2, 2, unicode: false));
        Assert.Equal(["⢹"], Curve.Draw(losses, new CurveScale(0, 1, false), 1, 1, unicode: true)); // dot 1, then dots 4 to 8
    }
}
