using Granary.Contracts;
using Granary.Grains.TensorBoard;
using Granary.Jobs;

namespace Granary.Grains.Tests.TensorBoard;

/// <summary>A job's event file over generations, crashes and runs.</summary>
public sealed class EventWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private EventWriter Generation(long number, long from, string job = "job", string? folder = null, string? continued = null) => new(
        new EventPlace(folder ?? _folder.Path, continued), job, number, from, new PointScalars(new TrainingSection { Epochs = 9 }, 10, 16), TimeProvider.System);

    private static MetricPoint[] Points(params long[] steps) => [.. steps.Select(s => new MetricPoint(s, 0, 1.0 / s, null, null, null, s * 0.5))];

    private static WeightHistogram Ones()
    {
        var ones = new WeightHistogram();
        ones.Add(1);
        return ones;
    }

    private string TheFile(string? folder = null) => Assert.Single(Directory.GetFiles(folder ?? _folder.Path, "*tfevents*"));

    private (long Step, float Loss)[] Losses(string? folder = null) =>
        [.. EventReader.Read(TheFile(folder)).SelectMany(e => (e.Summary?.Value ?? []).Where(v => v.Tag == "train/loss").Select(v => (e.Step, v.SimpleValue)))];

    private long[] Histograms(string? folder = null) => [.. EventReader.Read(TheFile(folder)).Where(e => e.Summary?.Value[0].Tag == "w").Select(e => e.Step)];

    [Fact]
    public void Points_that_are_told_again_are_written_once()
    {
        using var log = Generation(1, 0);
        Assert.Null(log.Add(Points(1, 2)));
        Assert.Null(log.Add(Points(2, 4)));
        Assert.Null(log.Add(10, [("w", Ones())]));
        Assert.Null(log.Add(10, [("w", Ones())]));
        log.Finish(_folder.Path, Points(1, 2, 4, 8));
        Assert.Equal([(1, 1f), (2, 0.5f), (4, 0.25f), (8, 0.125f)], Losses());
        Assert.Equal([10], Histograms());
    }

    // Cut at every byte of the last record, as a kill may cut it; and back to a step before others that are written.
    [Fact]
    public void The_next_generation_goes_on_from_what_is_whole_and_still_holds()
    {
        using var lost = Generation(1, 0);
        lost.Add(Points(1, 2));
        lost.Add(4, [("w", Ones())]);
        var length = new FileInfo(TheFile()).Length;
        lost.Add(Points(4, 8));
        var whole = File.ReadAllBytes(TheFile());
        var name = TheFile();
        for (var cut = length; cut < whole.Length; cut += 7)
        {
            File.WriteAllBytes(name, whole[..(int)cut]);
            using var next = Generation(2, 2);
            Assert.Null(next.Add(Points(1, 2, 4, 16)));
            Assert.Equal([(1, 1f), (2, 0.5f), (4, 0.25f), (16, 0.0625f)], Losses());
            Assert.Empty(Histograms());
            next.Dispose();
            File.Delete(TheFile());
        }
    }

    [Fact]
    public void A_worker_of_an_older_generation_writes_to_no_file_that_is_read()
    {
        using var before = Generation(1, 0);
        before.Add(Points(1));
        using var late = Generation(1, 0);
        using var now = Generation(2, 1);
        now.Add(Points(1, 2));
        var written = File.ReadAllBytes(TheFile());
        before.Add(Points(2, 4, 8)); // it has been frozen, and does not know
        Assert.Contains("a newer generation writes the events", late.Add(Points(1, 2, 4)));
        Assert.Equal(written, File.ReadAllBytes(TheFile()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_run_that_goes_on_takes_the_events_over_and_another_run_takes_none(bool inPlace)
    {
        using (var first = Generation(3, 0, "first"))
        {
            first.Add(Points(1, 2, 4, 8));
            first.Add(4, [("w", Ones())]);
        }

        var folder = inPlace ? _folder.Path : Directory.CreateDirectory(_folder.At("second")).FullName;
        using (var second = Generation(1, 4, "second", folder, _folder.Path))
        {
            second.Add(8, [("w", Ones())]);
            second.Finish(folder, Points(1, 2, 4, 16));
        }

        Assert.Equal([1, 2, 4, 16], Losses(folder).Select(l => l.Step));
        Assert.Equal([4, 8], Histograms(folder));
        using var other = Generation(1, 0, "other", folder); // it overwrites
        other.Add(Points(1));
        Assert.Contains(EventFolder.In(folder), f => f.Job == "second"); // until there are results in its place
        EventFolder.RemoveOthers(folder, "other");
        Assert.Equal([1], Losses(folder).Select(l => l.Step));
    }

    [Fact]
    public void What_could_not_be_written_is_written_later_in_whichever_folder_the_results_go_to()
    {
        var missing = _folder.At("missing");
        using var log = Generation(1, 0, folder: missing);
        Assert.NotNull(log.Add(Points(1, 2)));
        Assert.NotNull(log.Add(2, [("w", Ones())]));
        Directory.CreateDirectory(missing);
        Assert.Null(log.Add(Points(4)));
        Assert.Equal([2], Histograms(missing));
        var elsewhere = Directory.CreateDirectory(_folder.At("elsewhere")).FullName;
        log.Finish(elsewhere, Points(1, 2, 4, 8));
        Assert.Equal([1, 2, 4, 8], Losses(elsewhere).Select(l => l.Step));
        Assert.Equal([2], Histograms(elsewhere));
        Assert.Throws<JobException>(() => log.Finish(_folder.At("nowhere"), Points(1, 2, 4, 8)));
    }
}
