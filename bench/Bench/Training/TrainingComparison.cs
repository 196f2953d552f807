using Granary.Bench.Measuring;

namespace Granary.Bench.Training;

/// <summary>Training one work with two processes of one thread each, at its pace: starting does not count.</summary>
/// <param name="work">Model and data.</param>
/// <param name="ddp">Times DDP's examples a second that are asked.</param>
/// <param name="bare">The part of two free-running loops' that is asked; null: they are for information.</param>
/// <param name="overhead">Milliseconds that a step's median may be above its computing's; null: not asked.</param>
/// <param name="allocated">Managed kilobytes that the thread of the steps may allocate in one; null: not asked.</param>
internal sealed class TrainingComparison(TrainingWork work, double ddp, double? bare, double? overhead, double? allocated) : IComparison
{
    /// <inheritdoc/>
    public string Name => work.Name;

    /// <inheritdoc/>
    public async Task<Findings> Run(Session session, CancellationToken cancellation)
    {
        var seconds = session.Quick ? 2 : 6;
        Contestant[] contestants =
            [TrainingContestants.Granary(session, work, seconds), .. await TrainingContestants.Peers(session, work, seconds, cancellation)];
        var rounds = await Rounds.Run(session, Name, session.Quick ? 1 : 5, contestants, cancellation);
        return rounds.With(
        [
            .. Row.Of(rounds, Name, TrainingContestants.Rate, TrainingContestants.Ddp, "examples/s", Target.Least(ddp), work.Description),
            .. Row.Of(rounds, Name, TrainingContestants.Rate, TrainingContestants.Bare, "examples/s", bare is { } b ? Target.Least(b) : null, work.Description),
            .. Row.Alone(
                rounds, Name, TrainingContestants.Overhead, "ms", overhead is { } o ? Target.Most(o) : null, "median step less median compute"),
            .. Row.Alone(
                rounds, Name, TrainingContestants.Allocated, "KB", allocated is { } a ? Target.Most(a) : null, "allocated in a step by its thread"),
            .. Row.Alone(rounds, Name, TrainingContestants.AllocatedInAll, "KB", null, "allocated by the whole silo, per step"),
            .. StepShares.Parts.SelectMany(p => Row.Alone(rounds, Name, p.Row, "%", null)),
        ]);
    }
}
