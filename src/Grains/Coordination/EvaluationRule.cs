using Granary.Jobs;

namespace Granary.Grains.Coordination;

/// <summary>How a job's evaluations stand.</summary>
/// <param name="BestStep">The version with the best figure; of equal ones the first.</param>
/// <param name="Best">Its evaluation.</param>
/// <param name="Mark">The figure of the last improvement.</param>
/// <param name="Stale">Evaluations since then.</param>
[GenerateSerializer, Immutable, Alias("granary.HeldOutStanding")]
public sealed record HeldOutStanding(
    [property: Id(0)] long BestStep, [property: Id(1)] Evaluation Best, [property: Id(2)] double Mark, [property: Id(3)] int Stale);

/// <summary>Which version is the best, and when a job stops early. It looks at committed evaluations alone, so that every cluster
/// decides the same, whichever silos are lost. Plain rules.</summary>
/// <param name="training">What the job file says.</param>
public sealed class EvaluationRule(TrainingSection training)
{
    // How long a user who has interrupted a job waits for its figures.
    private const double QuickSeconds = 2;

    // One pass over a shard's part, whatever the pace, and also in the first second, when none is known.
    private const long QuickRows = 256;

    private readonly EarlyStoppingSection? _stopping = training.EarlyStopping;

    /// <summary>The standing after one evaluation more.</summary>
    /// <param name="before">The standing; null: this is the first one.</param>
    /// <param name="step">The version evaluated.</param>
    /// <param name="now">What came of it.</param>
    public HeldOutStanding Next(HeldOutStanding? before, long step, Evaluation now)
    {
        if (before is null)
        {
            return new HeldOutStanding(step, now, Figure(now), 0);
        }

        var best = IsBetter(Figure(now), Figure(before.Best), 0);
        var improved = IsBetter(Figure(now), before.Mark, _stopping?.MinDelta ?? 0);
        return new HeldOutStanding(
            best ? step : before.BestStep, best ? now : before.Best, improved ? Figure(now) : before.Mark, improved ? 0 : before.Stale + 1);
    }

    /// <summary>Whether the job ends here.</summary>
    public bool Stops(HeldOutStanding? standing) => _stopping is not null && standing?.Stale >= _stopping.Patience;

    /// <summary>The first step that may not be taken before more is known: where the job may stop, or where a version may turn out
    /// to be the best and must be checkpointed.</summary>
    /// <param name="standing">How the evaluations stand.</param>
    /// <param name="rounds">Rounds evaluated.</param>
    /// <param name="batches">The job's steps.</param>
    public long Horizon(HeldOutStanding? standing, long rounds, BatchPlan batches)
    {
        var stop = _stopping is null ? batches.Rounds : rounds + (standing is null ? 1 + (long)_stopping.Patience : _stopping.Patience - standing.Stale);
        var keep = training.Keep == KeptModel.Best ? rounds + 1 : batches.Rounds;
        return batches.EndOfRounds(Math.Min(batches.Rounds, Math.Min(stop, keep)));
    }

    /// <summary>Whether another evaluation is quick enough to do while a user waits: an example takes less time than in training.</summary>
    /// <param name="rows">Held-out examples.</param>
    /// <param name="shards">Shards that they are in.</param>
    /// <param name="examplesPerSecond">The pace of training; 0: not known.</param>
    public static bool IsQuick(long rows, int shards, double examplesPerSecond) =>
        rows > 0 && rows <= Math.Max(QuickRows * shards, examplesPerSecond * QuickSeconds);

    /// <summary>How long such an evaluation is waited for.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(2 * QuickSeconds);

    /// <summary>Why it stopped, for people.</summary>
    public string Describe(HeldOutStanding standing) => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"stopped early: the held-out {Kebab.Name(_stopping!.Figure)} has not improved for {standing.Stale} evaluations; the best was {Figure(standing.Best):0.0000}, after step {standing.BestStep}");

    private double Figure(Evaluation evaluation) => _stopping?.Figure == HeldOutFigure.Accuracy ? evaluation.Accuracy : evaluation.Loss;

    // A finite figure is better than one that is not.
    private bool IsBetter(double now, double before, double by) =>
        double.IsNaN(before) ? !double.IsNaN(now) : _stopping?.Figure == HeldOutFigure.Accuracy ? now > before + by : now < before - by;
}
