using Granary.Bench.Measuring;

namespace Granary.Bench.Tests;

public class AttendanceTests
{
    private static string? LeftOut(int rounds, string side, params int[] failed)
    {
        var attendance = new Attendance(rounds);
        foreach (var round in failed)
        {
            attendance.Failed(round, side, "no memory");
        }

        return attendance.LeftOut(side);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(5, 1)]
    [InlineData(5, 2, 3)]
    [InlineData(6, 1, 4, 6)]
    public void Some_failures_cost_their_rounds(int rounds, params int[] failed) => Assert.Null(LeftOut(rounds, "gloo", failed));

    [Fact]
    public void The_first_two_end_it() => Assert.Equal("it failed in the first 2 rounds: no memory", LeftOut(7, "gloo", 1, 2));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 1, 3, 5)]
    public void So_do_most(int rounds, params int[] failed) => Assert.Equal($"it failed in {failed.Length} of {rounds} rounds: no memory", LeftOut(rounds, "gloo", failed));

    [Fact]
    public void Granary_stays() => Assert.Null(LeftOut(3, Contestant.Granary, 1, 2, 3));

    [Fact]
    public void One_sides_failures_are_not_anothers()
    {
        var attendance = new Attendance(2);
        attendance.Failed(1, "gloo", "no memory");
        attendance.Failed(2, "gloo", "no memory");
        Assert.Null(attendance.LeftOut("Open MPI"));
        Assert.Equal([(1, "gloo"), (2, "gloo")], attendance.Failures.Select(f => (f.Round, f.Side)));
    }
}
