using Granary.Bench.Measuring;
using Granary.Bench.Quiet;
using Granary.Bench.Reporting;

namespace Granary.Bench.Tests;

public class QuietnessTests
{
    [Fact]
    public void Busy_is_what_programs_had() =>
        Assert.Equal(new ProcessorTime(Busy: 111, Stolen: 7, Total: 1000 + 111 + 5 + 6 + 7 + 20, Own: 42), ProcessorTime.Parse("cpu  100 1 10 1000 5 6 20 7 50 0", 42));

    [Theory]
    [InlineData("cpu0 100 1 10 1000 5 6 20 7 50 0")]
    [InlineData("cpu 100 1 10")]
    [InlineData("")]
    public void Other_lines_say_nothing(string line) => Assert.Null(ProcessorTime.Parse(line, 0));

    [Fact]
    public void Others_had_what_was_busy_and_not_ones_own()
    {
        var quietness = Quietness.Between(new ProcessorTime(100, 10, 1000, 50), new ProcessorTime(900, 20, 2000, 820))!;
        Assert.Equal(0.03, quietness.Others, 12);
        Assert.Equal(0.01, quietness.Stolen, 12);
        Assert.True(quietness.IsQuiet);
    }

    [Theory]
    [InlineData(850, 0, true)]
    [InlineData(849, 0, false)]
    [InlineData(850, 1, false)] // what is stolen counts
    [InlineData(901, 0, true)] // two counters, some ticks apart
    public void More_than_a_twentieth_is_not_quiet(long own, long stolen, bool quiet) =>
        Assert.Equal(quiet, Quietness.Between(new ProcessorTime(0, 0, 0, 0), new ProcessorTime(900, stolen, 1000, own))!.IsQuiet);

    [Fact]
    public void Without_a_clock_nothing_is_known()
    {
        Assert.Null(Quietness.Between(null, new ProcessorTime(1, 1, 1, 1)));
        Assert.Null(Quietness.Between(new ProcessorTime(1, 1, 1, 1), new ProcessorTime(1, 1, 1, 1)));
    }

    [Fact]
    public void The_page_names_the_rounds_that_were_not_quiet()
    {
        Round[] rounds = [.. new[] { 0.01, 0.2, 0.03 }.Select((o, i) => new Round(i + 1, new Dictionary<string, Measurement>(), new Quietness(o, 0.01)))];
        Assert.Equal("Others had 2.0 % to 21.0 % of the cores' time, more than 5 % in round 2, marked with !.", Circumstances.Quiet(rounds));
        Assert.Equal("Others had 2.0 % of the cores' time, and no round more than 5 %.", Circumstances.Quiet(rounds[..1]));
        Assert.Equal("How quiet the machine was is not known: it has no /proc.", Circumstances.Quiet([new Round(1, rounds[0].Sides, null)]));
    }
}
