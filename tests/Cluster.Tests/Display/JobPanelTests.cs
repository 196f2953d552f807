using Granary.Client.Display;
using Granary.Contracts;

namespace Granary.Cluster.Tests.Display;

public class JobPanelTests
{
    private static readonly Terminal Full = new(Live: true, Colour: true, Unicode: true);

    private static JobHistory History(int silos = 2, string job = "digits-mlp-ab12cd")
    {
        var history = new JobHistory();
        history.Add(new JobStatus
        {
            JobId = job,
            Name = "digits-mlp",
            State = JobState.Running,
            Activity = "training",
            Step = 25,
            Steps = 100,
            Epochs = 4,
            StepsPerEpoch = 25,
            Seconds = 10,
            Members = [.. Enumerable.Range(1, silos).Select(i => new MemberStatus($"silo-{i}", 4710 + i, i, i + 1, 0.08, 0.0031))],
            Points = [.. Enumerable.Range(1, 25).Select(i => new MetricPoint(i, 0, 2.0 / i, null, null, null, i))],
        });
        return history;
    }

    [Fact]
    public void A_job_by_steps_counts_no_epochs()
    {
        var history = new JobHistory();
        history.Add(History().Status! with { Epochs = 0 });
        var line = JobLine.Of(history);
        Assert.StartsWith("step 25/100  loss 0.0800", line, StringComparison.Ordinal);
        Assert.DoesNotContain("epoch", line, StringComparison.Ordinal);
        Assert.StartsWith("epoch 1/4  step 25/100", JobLine.Of(History()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(59, 19)]
    [InlineData(79, 23)]
    [InlineData(159, 49)]
    [InlineData(35, 9)]
    [InlineData(10, 3)]
    [InlineData(60, 5)]
    [InlineData(37, 40)]
    public void A_panel_keeps_within_its_window(int width, int height)
    {
        var lines = JobPanel.Lines(History(silos: 5), Full with { Colour = false }, width, height);
        Assert.True(lines.Count <= Math.Max(2, height), $"{lines.Count} lines");
        Assert.All(lines.SkipLast(width < 36 || height <= 4 ? 1 : 0), l => Assert.True(l.Length <= width, l)); // the plain line is cut where it is drawn
    }

    [Fact]
    public void Without_colours_there_are_no_codes_and_the_bar_shows_how_far_it_is()
    {
        var lines = JobPanel.Lines(History(), Full with { Colour = false }, 79, 23);
        Assert.DoesNotContain('\x1b', string.Concat(lines));
        var bar = Assert.Single(lines, l => l.Contains("25 %", StringComparison.Ordinal));
        var (full, open) = (bar.Count(c => c == '█'), bar.Count(c => c == '░'));
        Assert.InRange(4.0 * full / (full + open), 0.85, 1.15);
    }

    [Fact]
    public void Without_utf8_there_is_ascii_alone()
    {
        var lines = JobPanel.Lines(History(), new Terminal(true, true, false), 79, 23);
        Assert.All(string.Concat(lines), c => Assert.True(char.IsAscii(c), $"{(int)c:x}"));
        var bar = Assert.Single(lines, l => l.Contains("25 %", StringComparison.Ordinal));
        Assert.InRange(4.0 * bar.Count(c => c == '#') / bar.Count(c => c is '#' or '.'), 0.85, 1.15);
    }

    [Theory]
    [InlineData(59)]
    [InlineData(79)]
    public void An_id_is_never_cut(int width)
    {
        var id = "a-job-whose-name-takes-nearly-the-whole-line-ab12cd";
        Assert.Contains(id, string.Concat(JobPanel.Lines(History(job: id), Full with { Colour = false }, width, 30)), StringComparison.Ordinal);
    }

    [Fact]
    public void Times_of_silos_have_units_that_fit()
    {
        var silo = Assert.Single(JobPanel.Lines(History(), Full with { Colour = false }, 79, 23), l => l.Contains("silo-2", StringComparison.Ordinal));
        Assert.Contains("80 ms", silo, StringComparison.Ordinal);
        Assert.Contains("3.1 ms", silo, StringComparison.Ordinal);
    }
}
