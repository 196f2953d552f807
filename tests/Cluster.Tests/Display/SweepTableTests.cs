using System.Text.Json;
using Granary.Client.Display;
using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Cluster.Tests.Display;

public class SweepTableTests
{
    private static readonly SweepGrid Grid = SweepGrid.Parse(["training.batch=32,64", "model.hidden=[8],[8, 4]"]);

    private static JobStatus Job(int point, double? loss, double? accuracy, string? failure = null) => new()
    {
        JobId = $"digits-{point}",
        Name = "digits",
        State = failure is null ? JobState.Completed : JobState.Failed,
        Failure = failure,
        Step = 10 + point,
        Result = failure is null ? new JobResult("model", 10, null, 5, loss, accuracy, $"hash {point}", "runs/x", 10 + point, false) : null,
    };

    // By the loss: 2, 0, then what is no number, then what failed.
    private static readonly JobStatus[] Jobs = [Job(0, 0.5, 0.75), Job(1, null, null, "the loss became NaN"), Job(2, 0.25, 0.5), Job(3, double.NaN, 0.25)];

    private static string[][] Cells(string text) => [.. text.TrimEnd('\n').Split('\n').Select(l => System.Text.RegularExpressions.Regex.Split(l.Trim(), " {2,}"))];

    [Fact]
    public void The_best_is_first_and_what_failed_is_last_with_the_reason()
    {
        string[][] expected =
        [
            ["job", "training.batch", "model.hidden", "loss", "accuracy", "step", "state"],
            ["digits-2", "64", "[8]", "0.2500", "0.5000", "12", "completed"],
            ["digits-0", "32", "[8]", "0.5000", "0.7500", "10", "completed"],
            ["digits-3", "64", "[8, 4]", "NaN", "0.2500", "13", "completed"],
            ["digits-1", "32", "[8, 4]", "-", "-", "11", "failed: the loss became NaN"],
        ];
        Assert.Equal(expected, Cells(new SweepTable("s", Grid, HeldOutFigure.Loss).Text(Jobs, null)));
    }

    [Fact]
    public void By_accuracy_the_most_accurate_is_first() => Assert.Equal(
        ["digits-0", "digits-2", "digits-3", "digits-1"], Cells(new SweepTable("s", Grid, HeldOutFigure.Accuracy).Text(Jobs, null)).Skip(1).Select(c => c[0]));

    [Fact]
    public void Regressions_are_ranked_by_their_error()
    {
        JobStatus[] jobs = [.. Jobs.Select((j, i) => j with { State = JobState.Completed, Failure = null, Result = Job(i, 0.1, null).Result! with { ValidationNumbers = new NumberFigures(4 - i, Math.Sqrt(4 - i), 0.1, null) } })];
        var cells = Cells(new SweepTable("s", Grid, HeldOutFigure.Loss).Text(jobs, null));
        Assert.Equal("RMSE", cells[0][4]);
        Assert.Equal(["1", "1.41421", "1.73205", "2"], cells.Skip(1).Select(c => c[4]));
    }

    [Fact]
    public void A_job_that_has_ended_is_a_line()
    {
        var table = new SweepTable("s", Grid, HeldOutFigure.Loss);
        Assert.Equal("training.batch=64 model.hidden=[8]: validation loss 0.2500 accuracy 0.5000", table.Line(2, Jobs[2]));
        Assert.Equal("training.batch=32 model.hidden=[8, 4]: failed: the loss became NaN", table.Line(1, Jobs[1]));
    }

    [Fact]
    public void The_document_has_the_same_order_and_the_hashes()
    {
        var document = JsonSerializer.SerializeToElement(new SweepTable("s", Grid, HeldOutFigure.Accuracy).Document(Jobs.Where((_, i) => i != 3).Append(Job(3, 1, 0.25)).ToArray()));
        var jobs = document.GetProperty("jobs").EnumerateArray().ToArray();
        Assert.Equal(["hash 0", "hash 2", "hash 3", null], jobs.Select(j => j.GetProperty("weightsSha256").GetString()));
        Assert.Equal("[8, 4]", jobs[3].GetProperty("over").GetProperty("model.hidden").GetString());
        Assert.Equal("failed: the loss became NaN", jobs[3].GetProperty("failure").GetString());
    }
}
