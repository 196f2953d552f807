using Granary.Bench.Quiet;

namespace Granary.Bench.Tests;

public class OwnTimeTests
{
    private const int Bench = 10;
    private readonly OwnTime _time = new(Bench);

    private static ProcessEntry Process(int pid, int parent, long ticks, long began = 0) => new(pid, began, parent, ticks);

    [Fact]
    public void A_line_of_proc_is_read_whatever_the_programs_name() =>
        Assert.Equal(new ProcessEntry(77, 4242, 10, 1 + 2 + 3 + 4), ProcessEntry.Parse("77 (a) R (b) S 10 77 1 0 -1 4194304 9 9 9 9 1 2 3 4 20 0 1 0 4242 3133440 384"));

    [Fact]
    public void Descendants_count_and_others_do_not() =>
        Assert.Equal(111, _time.Observe([Process(12, 11, 100), Process(11, Bench, 10), Process(Bench, 1, 1), Process(20, 1, 5000), Process(21, 20, 5000)]));

    [Fact]
    public void One_that_its_parent_waited_for_is_in_its_parents_time()
    {
        _time.Observe([Process(Bench, 1, 1), Process(11, Bench, 10), Process(12, 11, 100)]);
        Assert.Equal(1 + 10 + 130, _time.Observe([Process(Bench, 1, 1), Process(11, Bench, 10 + 130)]));
        Assert.Equal(1 + 150, _time.Observe([Process(Bench, 1, 1 + 150)]));
    }

    [Fact]
    public void Both_ends_between_two_looks_count_once()
    {
        _time.Observe([Process(Bench, 1, 1), Process(11, Bench, 10), Process(12, 11, 100)]);
        Assert.Equal(1 + 110, _time.Observe([Process(Bench, 1, 1 + 110)]));
    }

    [Fact]
    public void One_whose_parent_ended_stays_and_counts_after_its_end()
    {
        _time.Observe([Process(Bench, 1, 1), Process(11, Bench, 10), Process(12, 11, 100), Process(13, 12, 7)]);
        Assert.Equal(11 + 200 + 8, _time.Observe([Process(Bench, 1, 11), Process(12, 1, 200), Process(13, 12, 8)]));
        Assert.Equal(11 + 200 + 8, _time.Observe([Process(Bench, 1, 11)]));
    }

    [Fact]
    public void Another_process_that_gets_the_number_of_one_that_ended_is_not_it()
    {
        _time.Observe([Process(Bench, 1, 1), Process(11, Bench, 10, began: 5)]);
        Assert.Equal(11, _time.Observe([Process(Bench, 1, 11), Process(11, 1, 9999, began: 6)]));
    }
}
