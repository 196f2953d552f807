using Granary.Contracts;
using Granary.Grains.Coordination;

namespace Granary.Grains.Tests;

public class PaceTests
{
    [Fact]
    public void Nothing_is_known_in_the_first_second()
    {
        var pace = new Pace();
        pace.Add(0, 1_000_000);
        pace.Add(0.9, 1_000_900);
        Assert.Equal(0, pace.ExamplesPerSecond);
        pace.Add(1, 1_001_000);
        Assert.Equal(1000, pace.ExamplesPerSecond, 1e-9); // what was counted before this sitting does not matter
    }

    [Fact]
    public void A_change_of_pace_is_the_only_thing_seen_after_the_window()
    {
        var pace = new Pace();
        for (var tenth = 0; tenth <= 1000; tenth++)
        {
            pace.Add(tenth / 10.0, tenth * 100); // 1000 a second
        }

        for (var tenth = 1; tenth <= 200; tenth++)
        {
            pace.Add(100 + (tenth / 10.0), 100_000 + (tenth * 10)); // 100 a second
        }

        Assert.Equal(100, pace.ExamplesPerSecond, 1e-6);
    }

    [Fact]
    public void Steps_longer_than_the_window_are_measured_by_two_looks()
    {
        var pace = new Pace();
        for (var step = 0; step < 5; step++)
        {
            pace.Add(step * 60, step * 120);
            Assert.Equal(step == 0 ? 0 : 2, pace.ExamplesPerSecond, 1e-9);
        }
    }

    [Fact]
    public void A_regular_evaluation_is_part_of_the_pace()
    {
        var pace = new Pace();
        var seconds = 0.0;
        for (var epoch = 1; epoch < 50; epoch++)
        {
            pace.Add(seconds += 1, epoch * 500);
            seconds += 1; // the evaluation
        }

        Assert.InRange(pace.ExamplesPerSecond, 230, 300);
    }

    [Fact]
    public void Steps_that_are_taken_again_make_no_negative_pace()
    {
        var pace = new Pace();
        pace.Add(0, 1000);
        pace.Add(2, 400);
        Assert.Equal(0, pace.ExamplesPerSecond);
    }

    [Fact]
    public void The_rate_of_a_sitting_leaves_earlier_work_out()
    {
        var earlier = new WorkDone(100, 6400, 662);
        Assert.Equal(64, new WorkDone(150, 9600, 712).ExamplesPerSecondSince(earlier), 1e-9);
        Assert.Equal(0, earlier.ExamplesPerSecondSince(earlier));
        Assert.Equal(0, new WorkDone(50, 3200, 700).ExamplesPerSecondSince(earlier)); // gone back behind it
    }
}
