using System.Globalization;
using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Client.Display;

/// <summary>The results of a sweep, best first; jobs without one come last, with the reason.</summary>
/// <param name="group">The jobs' group.</param>
/// <param name="grid">What was tried.</param>
/// <param name="by">What makes a job the best.</param>
internal sealed class SweepTable(string group, SweepGrid grid, HeldOutFigure by)
{
    public string Group => group;

    /// <summary>One job that has ended, in a line.</summary>
    public string Line(int point, JobStatus s) => $"{string.Join(' ', grid.Overrides(point))}: " + (Failure(s)
        ?? string.Create(CultureInfo.InvariantCulture, $"validation loss {s.Result!.ValidationLoss:0.0000} {FigureText.Of(s.Result.ValidationAccuracy, s.Result.ValidationNumbers)}"));

    /// <summary>For people.</summary>
    /// <param name="jobs">One per point of the grid.</param>
    /// <param name="width">Columns of the terminal; null: no limit.</param>
    public string Text(IReadOnlyList<JobStatus> jobs, int? width)
    {
        var numbers = jobs.Any(s => s.Result?.ValidationNumbers is not null);
        var table = new TextTable(text: true, ["job", .. grid.Keys, ">loss", numbers ? ">RMSE" : ">accuracy", ">step", "state"]);
        foreach (var (point, s) in Ranked(jobs))
        {
            string[] figures = Failure(s) is null
                ? [Number(s.Result!.ValidationLoss), numbers ? Rmse(s.Result) : Number(s.Result.ValidationAccuracy), s.Result.Step.ToString(CultureInfo.InvariantCulture), "completed"]
                : ["-", "-", s.Step.ToString(CultureInfo.InvariantCulture), Failure(s)!];
            table.Add([s.JobId, .. grid.Points[point], .. figures]);
        }

        return table.Text(width);
    }

    private static string Rmse(JobResult result) => result.ValidationNumbers is { } n ? FigureText.Of(n.Rmse) : "-";

    private static string Number(double? value) => value is { } x ? x.ToString("0.0000", CultureInfo.InvariantCulture) : "-";

    /// <summary>For programs.</summary>
    /// <param name="jobs">One per point of the grid.</param>
    public object Document(IReadOnlyList<JobStatus> jobs) => new
    {
        group,
        by = Kebab.Name(by),
        jobs = Ranked(jobs).Select(j => new
        {
            job = j.Status.JobId,
            state = j.Status.State.ToString().ToLowerInvariant(),
            over = grid.Keys.Zip(grid.Points[j.Point]).ToDictionary(k => k.First, k => k.Second),
            loss = j.Status.Result?.ValidationLoss,
            accuracy = j.Status.Result?.ValidationAccuracy,
            rmse = j.Status.Result?.ValidationNumbers?.Rmse,
            step = j.Status.Result?.Step ?? j.Status.Step,
            failure = Failure(j.Status),
            weightsSha256 = j.Status.Result?.WeightsSha256,
            output = j.Status.Result?.Output,
        }),
    };

    private static string? Failure(JobStatus s) => s.State == JobState.Completed ? null : s.Failure is { } why ? $"failed: {why}" : s.State.ToString().ToLowerInvariant();

    private IEnumerable<(int Point, JobStatus Status)> Ranked(IReadOnlyList<JobStatus> jobs) => jobs.Select((s, i) => (Point: i, Status: s)).OrderBy(j => Rank(j.Status));

    // What failed, and what is no number, comes last; equal ones in the order of the grid. Regressions go by the RMSE: their losses may be of different kinds.
    private double Rank(JobStatus s) => Failure(s) is not null ? double.PositiveInfinity
        : (s.Result!.ValidationNumbers is { } numbers ? numbers.Rmse : by == HeldOutFigure.Loss ? s.Result.ValidationLoss : -s.Result.ValidationAccuracy) is { } figure && double.IsFinite(figure) ? figure
        : double.MaxValue;
}
