using System.Globalization;
using Granary.Contracts;

namespace Granary.Client.Display;

/// <summary>The held-out figures of folds, fold by fold, with mean and deviation of those that have completed.</summary>
/// <param name="group">The jobs' group.</param>
/// <param name="folds">k.</param>
internal sealed class CvTable(string group, int folds)
{
    public string Group => group;

    /// <summary>One job that has ended, in a line.</summary>
    public string Line(int fold, JobStatus s) => string.Create(CultureInfo.InvariantCulture, $"fold {fold + 1}: {Failure(s)
        ?? string.Create(CultureInfo.InvariantCulture, $"validation loss {s.Result!.ValidationLoss:0.0000} {FigureText.Of(s.Result.ValidationAccuracy, s.Result.ValidationNumbers)}")}");

    /// <summary>For people.</summary>
    /// <param name="jobs">One for each fold, in order.</param>
    /// <param name="width">Columns of the terminal; null: no limit.</param>
    public string Text(IReadOnlyList<JobStatus> jobs, int? width)
    {
        var done = Done(jobs);
        FoldFigure[] figures = [.. FoldFigure.All.Where(f => f.Title is not null && (done.Any(r => f.Of(r) is not null) || f.Key == "loss"))];
        var table = new TextTable(text: true, ["fold", "job", ">held out", .. figures.Select(f => ">" + f.Title), "state"]);
        for (var fold = 0; fold < jobs.Count; fold++)
        {
            var s = jobs[fold];
            var (held, cells) = Failure(s) is null
                ? (s.Result!.ValidationExamples.ToString("#,0", CultureInfo.InvariantCulture), figures.Select(f => f.Text(f.Of(s.Result))))
                : ("-", figures.Select(_ => "-"));
            table.Add([(fold + 1).ToString(CultureInfo.InvariantCulture), s.JobId, held, .. cells, Failure(s) ?? "completed"]);
        }

        var over = figures.Select(f => (Figure: f, Found: Over(f, done))).ToArray();
        table.Add(["mean", "", "", .. over.Select(o => o.Figure.Text(o.Found.Mean)), Counted(done, figures)]);
        table.Add(["deviation", "", "", .. over.Select(o => o.Figure.Text(o.Found.Deviation)), "of a sample (n - 1)"]);
        return table.Text(width);
    }

    /// <summary>For programs.</summary>
    /// <param name="jobs">One for each fold, in order.</param>
    public object Document(IReadOnlyList<JobStatus> jobs) => new
    {
        group,
        folds,
        completed = Done(jobs).Count,
        jobs = jobs.Select((s, i) => new
        {
            fold = i + 1,
            job = s.JobId,
            state = s.State.ToString().ToLowerInvariant(),
            heldOut = s.Result?.ValidationExamples,
            figures = s.State == JobState.Completed ? FoldFigure.All.Where(f => f.Of(s.Result!) is not null).ToDictionary(f => f.Key, f => f.Of(s.Result!)) : null,
            step = s.Result?.Step ?? s.Step,
            failure = Failure(s),
            weightsSha256 = s.Result?.WeightsSha256,
            output = s.Result?.Output,
        }),
        deviation = "sample",
        figures = FoldFigure.All.Where(f => Done(jobs).Any(r => f.Of(r) is not null)).ToDictionary(f => f.Key, f =>
        {
            var (mean, deviation) = Over(f, Done(jobs));
            return new { mean, deviation, folds = Done(jobs).Count(r => f.Of(r) is not null) };
        }),
    };

    // "of 4 of 5 folds; ROC-AUC over 3": which folds the means leave out.
    private string Counted(List<JobResult> done, FoldFigure[] figures)
    {
        string[] all = done.Count == folds ? [] : [$"of {done.Count} of {folds} folds"];
        var fewer = figures.Select(f => (f.Title, Count: done.Count(r => f.Of(r) is not null))).Where(f => f.Count < done.Count);
        return string.Join("; ", all.Concat(fewer.Select((f, i) => $"{f.Title} over {f.Count}{(all.Length + i == 0 ? $" of {folds} folds" : "")}")));
    }

    private static (double? Mean, double? Deviation) Over(FoldFigure figure, IReadOnlyList<JobResult> done) =>
        FoldFigure.Over([.. done.Select(figure.Of).OfType<double>()]);

    private static List<JobResult> Done(IReadOnlyList<JobStatus> jobs) => [.. jobs.Where(s => s.State == JobState.Completed).Select(s => s.Result!)];

    private static string? Failure(JobStatus s) => s.State == JobState.Completed ? null : s.Failure is { } why ? $"failed: {why}" : s.State.ToString().ToLowerInvariant();
}
