using Granary.Model.Kernels;

namespace Granary.Model.Tests.Kernels;

public sealed class KernelRecordTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    private static KernelOutcome Some { get; } = new(KernelChoice.WithoutOneDnn, [new("conv2d 3 to 6 channels", 0.7071067811865476), new("conv1d", double.NaN)]);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private KernelRecord Record(string key = "this machine") => new(Path.Combine(_folder, "caches", "granary"), key);

    private string File => Directory.GetFiles(Path.Combine(_folder, "caches", "granary")).Single();

    [Fact]
    public void What_was_found_out_is_found_again_under_its_key_alone()
    {
        Assert.Null(Record().Find());
        Record().Keep(Some);
        var found = Record().Find()!;
        Assert.Equal((Some.Choice, string.Join(", ", Some.Faults)), (found.Choice, string.Join(", ", found.Faults)));
        Assert.Null(Record("another machine").Find());
        Record().Keep(new KernelOutcome(KernelChoice.Standard, []));
        Assert.Equal(KernelChoice.Standard, Record().Find()!.Choice);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_file_that_is_cut_off_counts_for_nothing(int lines)
    {
        Record().Keep(Some);
        System.IO.File.WriteAllLines(File, System.IO.File.ReadAllLines(File)[..lines]);
        Assert.Null(Record().Find());
    }

    [Theory]
    [InlineData(1, "42")]
    [InlineData(1, "Best")]
    [InlineData(2, "conv2d")]
    [InlineData(2, "")]
    public void So_does_one_that_holds_something_else(int line, string text)
    {
        Record().Keep(Some);
        var lines = System.IO.File.ReadAllLines(File);
        lines[line] = text;
        System.IO.File.WriteAllLines(File, lines);
        Assert.Null(Record().Find());
    }

    [Fact]
    public void Many_may_keep_it_at_once_while_others_look()
    {
        Parallel.For(0, 64, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            Record().Keep(Some);
            Assert.Equal(KernelChoice.WithoutOneDnn, Record().Find()!.Choice);
        });
        Assert.EndsWith(".txt", File, StringComparison.Ordinal); // and nothing unfinished beside it
    }

    [Fact]
    public void Where_nothing_can_be_written_nothing_is_kept_and_nothing_fails()
    {
        var path = Path.Combine(_folder, "no-folder");
        System.IO.File.WriteAllText(path, "");
        foreach (var place in new[] { path, "/proc/nowhere", null })
        {
            var record = new KernelRecord(place, "this machine");
            record.Keep(Some);
            Assert.Null(record.Find());
        }
    }
}
