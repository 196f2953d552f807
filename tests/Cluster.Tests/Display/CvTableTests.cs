using System.Text.Json;
using Granary.Client.Display;
using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Cluster.Tests.Display;

public class CvTableTests
{
    private static JobStatus Fold(int fold, double? loss, double? accuracy, NumberFigures? numbers = null, string? failure = null) => new()
    {
        JobId = $"iris-{fold}",
        Name = "iris",
        State = failure is null ? JobState.Completed : JobState.Failed,
        Failure = failure,
        Step = 10 + fold,
        Result = failure is null ? new JobResult("model", 10, null, 30 - fold, loss, accuracy, $"hash {fold}", "runs/x", 10 + fold, false) { ValidationNumbers = numbers } : null,
    };

    private static readonly JobStatus[] Classes = [Fold(0, 0.5, 0.75), Fold(1, 0.25, 1), Fold(2, 0.75, 0.5)];

    private static string[][] Cells(string text) => [.. text.TrimEnd('\n').Split('\n').Select(l => System.Text.RegularExpressions.Regex.Split(l.Trim(), " {2,}"))];

    [Fact]
    public void Folds_come_in_their_order_with_the_mean_and_the_sample_s_deviation_below()
    {
        string[][] expected =
        [
            ["fold", "job", "held out", "loss", "accuracy", "state"],
            ["1", "iris-0", "30", "0.5000", "0.7500", "completed"],
            ["2", "iris-1", "29", "0.2500", "1.0000", "completed"],
            ["3", "iris-2", "28", "0.7500", "0.5000", "completed"],
            ["mean", "0.5000", "0.7500"],
            ["deviation", "0.2500", "0.2500", "of a sample (n - 1)"],
        ];
        Assert.Equal(expected, Cells(new CvTable("g", 3).Text(Classes, null)));
    }

    [Fact]
    public void A_fold_that_failed_says_why_and_is_left_out_of_the_mean()
    {
        JobStatus[] jobs = [Classes[0], Fold(1, null, null, failure: "the loss became NaN"), Classes[2]];
        var cells = Cells(new CvTable("g", 3).Text(jobs, null));
        Assert.Equal(["2", "iris-1", "-", "-", "-", "failed: the loss became NaN"], cells[2]);
        Assert.Equal(["mean", "0.6250", "0.6250", "of 2 of 3 folds"], cells[4]);
        Assert.Equal("fold 2: failed: the loss became NaN", new CvTable("g", 3).Line(1, jobs[1]));
        Assert.Equal("fold 1: validation loss 0.5000 accuracy 0.7500", new CvTable("g", 3).Line(0, jobs[0]));
    }

    [Fact]
    public void Where_no_fold_has_completed_there_is_no_mean()
    {
        var cells = Cells(new CvTable("g", 2).Text([Fold(0, null, null, failure: "x"), Fold(1, null, null, failure: "y")], null));
        Assert.Equal(["mean", "-", "of 0 of 2 folds"], cells[3]);
    }

    [Fact]
    public void Regressions_have_errors_and_no_accuracy()
    {
        JobStatus[] jobs = [Fold(0, 4, null, new NumberFigures(4, 2, 1.5, 0.5)), Fold(1, 9, null, new NumberFigures(9, 3, 2.5, 0.75))];
        var cells = Cells(new CvTable("g", 2).Text(jobs, null));
        Assert.Equal(["fold", "job", "held out", "loss", "RMSE", "MAE", "R2", "state"], cells[0]);
        Assert.Equal(["mean", "6.5000", "2.5", "2", "0.6250"], cells[3]);
        Assert.Equal("0.707107", cells[4][2]);
    }

    private static ClassFigures Figures(double? hamming, double? first, double? second, double? macro) => new()
    {
        Examples = 30,
        Accuracy = 0.5,
        HammingLoss = hamming,
        Classes = [new OneClass("a", 10, 10, 0.5, 0.5, 0.5, first, first), new OneClass("b", 20, 20, 0.5, 0.5, 0.5, second, second)],
        Macro = new(0.5, 0.5, 0.5, macro, macro),
        Micro = new(0.5, 0.5, 0.5, null, null),
        Weighted = new(0.5, 0.5, 0.5, null, null),
    };

    private static JobStatus With(JobStatus fold, ClassFigures figures) => fold with { Result = fold.Result! with { ValidationFigures = figures } };

    // Of two classes the second one's area is the model's; two labels have one each, and their mean is the figure.
    [Fact]
    public void The_area_of_two_labels_is_their_mean_and_that_of_two_classes_the_second_s()
    {
        foreach (var (figures, area) in new[] { (Figures(0.25, 0.5, 0.75, 0.625), 0.625), (Figures(null, null, 0.75, 0.75), 0.75) })
        {
            var jobs = Classes.Select(j => With(j, figures)).ToArray();
            var cells = Cells(new CvTable("g", 3).Text(jobs, null));
            Assert.Equal(["mean", "0.5000", "0.7500", "0.5000", FormattableString.Invariant($"{area:0.0000}")], cells[4]);
            var found = JsonSerializer.SerializeToElement(new CvTable("g", 3).Document(jobs), JsonSerializerOptions.Web).GetProperty("figures");
            Assert.Equal((area, area), (found.GetProperty("rocAuc").GetProperty("mean").GetDouble(), found.GetProperty("averagePrecision").GetProperty("mean").GetDouble()));
        }
    }

    [Fact]
    public void A_mean_over_fewer_folds_says_over_how_many()
    {
        JobStatus[] jobs = [With(Classes[0], Figures(null, null, 0.5, 0.5)), With(Classes[1], Figures(null, null, 1, 1)), With(Classes[2], Figures(null, null, null, null))];
        var cells = Cells(new CvTable("g", 3).Text(jobs, null));
        Assert.Equal(["mean", "0.5000", "0.7500", "0.5000", "0.7500", "ROC-AUC over 2 of 3 folds"], cells[4]);
        JobStatus[] failed = [jobs[0], Fold(1, null, null, failure: "x"), jobs[2]];
        Assert.Equal(["mean", "0.6250", "0.6250", "0.5000", "0.5000", "of 2 of 3 folds; ROC-AUC over 1"], Cells(new CvTable("g", 3).Text(failed, null))[4]);
        var area = JsonSerializer.SerializeToElement(new CvTable("g", 3).Document(jobs), JsonSerializerOptions.Web).GetProperty("figures").GetProperty("rocAuc");
        Assert.Equal((0.75, 2), (area.GetProperty("mean").GetDouble(), area.GetProperty("folds").GetInt32()));
    }

    [Fact]
    public void A_document_has_each_fold_and_the_figures_over_all()
    {
        var document = JsonSerializer.SerializeToElement(new CvTable("g", 3).Document(Classes), JsonSerializerOptions.Web);
        Assert.Equal(("g", 3, 3, "sample"), (
            document.GetProperty("group").GetString(), document.GetProperty("folds").GetInt32(), document.GetProperty("completed").GetInt32(), document.GetProperty("deviation").GetString()));
        Assert.Equal([1, 2, 3], document.GetProperty("jobs").EnumerateArray().Select(j => j.GetProperty("fold").GetInt32()));
        Assert.Equal(1, document.GetProperty("jobs")[1].GetProperty("figures").GetProperty("accuracy").GetDouble());
        Assert.Equal(0.25, document.GetProperty("figures").GetProperty("accuracy").GetProperty("deviation").GetDouble(), 1e-15);
        Assert.False(document.GetProperty("figures").TryGetProperty("rmse", out _));
    }
}
