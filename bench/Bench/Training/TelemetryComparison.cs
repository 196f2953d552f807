using Granary.Bench.Measuring;

namespace Granary.Bench.Training;

/// <summary>A job that is watched in every way at once against one that is not: traces and metrics go to a collector over OTLP, the metrics
/// every five seconds, and somebody has the job's page open. The bench listens to the silos' meters on both sides, which is how it counts steps.</summary>
internal sealed class TelemetryComparison : IComparison
{
    private const string Off = "not watched";
    private const string StepTime = "a step";
    private const string Beside = "beside the steps";

    // What watches is long at work in a job of hours: until then its code is compiled, which costs more than what it does.
    private const int WarmUp = 10;
    private const int Seconds = 8;

    /// <inheritdoc/>
    public string Name => "telemetry";

    /// <inheritdoc/>
    public async Task<Findings> Run(Session session, CancellationToken cancellation)
    {
        using var collector = new Collector();
        var file = SteadyState.JobFile(session, TrainingWork.Mlp, 2, TrainingWork.Mlp.RowsPerShard);
        long pages = 0;
        var rounds = await Rounds.Run(session, Name, session.Quick ? 1 : 15, [new(Contestant.Granary, Watched), new(Off, Unwatched)], cancellation);
        return collector.Received == 0 ? throw new InvalidOperationException("the collector received nothing: nothing was compared")
            : pages == 0 ? throw new InvalidOperationException("the page was never answered: nothing was compared")
            : rounds.With(
            [
                .. Row.Of(rounds, Name, StepTime, Off, "ms", Target.Most(1.01), "MLP 784-256-10, traces and metrics over OTLP, its page open"),
                .. Row.Of(rounds, Name, Beside, Off, "% of a core", null, "processor time of the silos' other threads than those of the steps"),
            ]);

        async Task<Measurement> Watched(CancellationToken stop)
        {
            await using var job = GranaryJob.Start(session, file, "otlp", collector.Environment, page: true);
            await using var reader = new PageReader(await job.Page(stop));
            var found = Figures(await SteadyState.Measure(session, job, session.Quick ? 2 : Seconds, stop, WarmUp));
            pages += reader.Answers;
            return found;
        }

        async Task<Measurement> Unwatched(CancellationToken stop)
        {
            await using var job = GranaryJob.Start(session, file);
            return Figures(await SteadyState.Measure(session, job, session.Quick ? 2 : Seconds, stop, WarmUp));
        }

        static Measurement Figures(SteadyState state) => new(new Dictionary<string, double>
        {
            [StepTime] = 1e3 / state.StepsPerSecond,
            [Beside] = state.BesideSteps,
        });
    }
}
