using CsCheck;
using Granary.Model.Training;

namespace Granary.Model.Tests.Training;

public class WolfeSearchTests
{
    private sealed class Line(Func<double, double> value, Func<double, double> slope)
    {
        public int Probes { get; private set; }

        public LinePoint Last { get; private set; }

        public LinePoint At(double step) => new(step, value(step), slope(step));

        public LinePoint? Search(double first, double noise = 0) => WolfeSearch.Find(At(0), first, noise, step =>
        {
            Probes++;
            return Last = At(step);
        });
    }

    private static void IsWolfe(LinePoint start, LinePoint found)
    {
        Assert.True(found.Step > 0);
        Assert.True(found.Value <= start.Value + (1e-4 * found.Step * start.Slope), $"{found} from {start}");
        Assert.True(Math.Abs(found.Slope) <= 0.9 * Math.Abs(start.Slope), $"{found} from {start}");
    }

    // a quartic with a hill or two on the way, and first steps from far too short to far too long.
    [Fact]
    public void What_it_finds_satisfies_both_conditions() => Gen.Select(
        Gen.Double[0.1, 10], Gen.Double[0.001, 2], Gen.Double[0, 1.5], Gen.Double[1, 9], Gen.Double[-4, 4]).Sample(t =>
        {
            var (centre, steepness, waves, frequency, length) = t;
            var line = new Line(
                x => (steepness * Math.Pow(x - centre, 4)) + (steepness * waves * (1 - Math.Cos(frequency * x))),
                x => (4 * steepness * Math.Pow(x - centre, 3)) + (steepness * waves * frequency * Math.Sin(frequency * x)));
            var found = line.Search(Math.Pow(10, length));
            Assert.NotNull(found);
            Assert.Equal(line.Last, found);
            IsWolfe(line.At(0), found.Value);
        });

    [Fact]
    public void A_parabola_takes_one_probe_with_the_right_first_step_and_few_from_far_off()
    {
        Line Parabola() => new(x => (x - 1) * (x - 1), x => 2 * (x - 1));
        var (right, shorter, longer) = (Parabola(), Parabola(), Parabola());
        Assert.Equal(1, right.Search(1)!.Value.Step);
        Assert.Equal(1, right.Probes);
        IsWolfe(shorter.At(0), shorter.Search(1e-3)!.Value);
        IsWolfe(longer.At(0), longer.Search(1e3)!.Value);
        Assert.InRange(shorter.Probes, 2, 10);
        Assert.InRange(longer.Probes, 2, 10);
    }

    // e^-x falls for ever: the slope gets flat far out.
    [Fact]
    public void It_goes_out_as_far_as_it_takes() => IsWolfe(new(0, 1, -1), new Line(x => Math.Exp(-x), x => -Math.Exp(-x)).Search(1e-6)!.Value);

    // Weights may be tried under which the loss is not even a number.
    [Fact]
    public void It_turns_back_from_where_there_is_no_value()
    {
        var line = new Line(x => x > 2 ? double.PositiveInfinity : (x - 1) * (x - 1), x => x > 2 ? double.NaN : 2 * (x - 1));
        IsWolfe(line.At(0), line.Search(1e6)!.Value);
    }

    [Fact]
    public void Nothing_is_found_where_nothing_is_lower()
    {
        var line = new Line(Math.Abs, x => x > 0 ? 1 : -1); // the slope at 0 says otherwise
        Assert.Null(line.Search(1));
        Assert.Equal(WolfeSearch.MaxProbes, line.Probes);
    }

    // Rounding to 1e-9 hides that the value falls by 1e-12, but the slope has halved.
    [Fact]
    public void Values_that_drown_in_noise_leave_it_to_the_slope()
    {
        Line Rounded() => new(x => 5 + (1e-9 * ((int)(x * 4) % 2)), x => 2e-12 * (x - 1));
        Assert.Null(Rounded().Search(0.3));
        Assert.Equal(0.3, Rounded().Search(0.3, noise: 2e-9)!.Value.Step);
    }
}
