using Granary.Bench.Calibration;
using Granary.Bench.Measuring;
using Granary.Bench.Quiet;

namespace Granary.Bench.Tests;

public class RowTests
{
    private const string Peer = "DDP";
    private const string Work = "examples/s";
    private static readonly Arithmetic Blas = new("libopenblas.so", "OpenBLAS", 70);

    private static Round Round(int number, double? granary, double? peer, double others = 0, double gflops = 70)
    {
        var sides = new Dictionary<string, Measurement>();
        Add(Contestant.Granary, granary, new Arithmetic("libtorch_cpu.so", "MKL", 90));
        Add(Peer, peer, Blas with { Gflops = gflops });
        return new Round(number, sides, new Quietness(others, 0));

        void Add(string side, double? figure, Arithmetic arithmetic)
        {
            if (figure is { } f)
            {
                sides.Add(side, new Measurement(new Dictionary<string, double> { [Work] = f }, arithmetic));
            }
        }
    }

    private static Measured Rounds(params Round[] rounds) => new(rounds, []);

    [Fact]
    public void Only_rounds_with_both_sides_are_compared()
    {
        var row = Row.Of(Rounds(Round(1, 10, 5), Round(2, null, 1), Round(3, 30, null), Round(4, 9, 3, others: 0.2)), "mlp", Work, Peer, "", Target.Least(2.5)).Single();
        Assert.Equal([(1, 2.0, true), (4, 3.0, false)], row.Pairs.Select(p => (p.Round, p.Ratio!.Value, p.Quiet!.Value)));
        Assert.True(row.Met); // 2.5
    }

    [Fact]
    public void Without_one_there_is_no_row() => Assert.Empty(Row.Of(Rounds(Round(1, 10, null), Round(2, null, 5)), "mlp", Work, Peer, "", null));

    [Fact]
    public void Figures_of_one_side_leave_out_the_rounds_that_it_failed_in() =>
        Assert.Equal([10, 30], Row.Alone(Rounds(Round(1, 10, 5), Round(2, null, 1), Round(3, 30, null)), "mlp", Work, "", null).Single().Pairs.Select(p => p.Granary));

    [Fact]
    public void A_sides_rate_is_the_median_over_the_rounds() =>
        Assert.Equal(
            [new SideArithmetic(Contestant.Granary, "libtorch_cpu.so", "MKL", 90), new SideArithmetic(Peer, "libopenblas.so", "OpenBLAS", 60)],
            Rounds(Round(1, 1, 1, gflops: 60), Round(2, 1, 1, gflops: 70), Round(3, 1, 1, gflops: 20)).Arithmetic);

    [Fact]
    public void A_peer_that_computes_too_slowly_is_left_out()
    {
        var measured = Rounds(Round(1, 10, 5, gflops: 3), Round(2, 10, 5, gflops: 80), Round(3, 10, 5, gflops: 3));
        var left = Admission.LeftOut(measured, new Attendance(3), [Contestant.Granary, Peer]);
        Assert.Contains("less than a fifth of Granary's 90.0", left[Peer], StringComparison.Ordinal);
        Assert.Single(left);
        Assert.Empty(Row.Of(measured.Without(left.Keys), "mlp", Work, Peer, "", null));
    }

    [Fact]
    public void One_that_failed_too_often_too()
    {
        var attendance = new Attendance(3);
        attendance.Failed(1, Peer, "no memory");
        attendance.Failed(2, Peer, "no memory");
        Assert.Equal([Peer], Admission.LeftOut(Rounds(Round(1, 10, null), Round(2, 10, null), Round(3, 10, 5)), attendance, [Contestant.Granary, Peer]).Keys);
    }
}
