using Granary.Bench.Measuring;

namespace Granary.Bench.Training;

/// <summary>What safety costs a model of 6 million weights at its pace: a checkpoint every 10 seconds against none.</summary>
internal sealed class SafetyComparison : IComparison
{
    private const string None = "no checkpoints";
    private const string StepTime = "a step";
    private const int Seconds = 20; // two checkpoints, whenever the first one comes

    /// <inheritdoc/>
    public string Name => "safety";

    /// <inheritdoc/>
    public async Task<Findings> Run(Session session, CancellationToken cancellation)
    {
        var rounds = await Rounds.Run(
            session, Name, session.Quick ? 1 : 7, [With(session, Contestant.Granary, every: 10), With(session, None, every: 0)], cancellation);
        return rounds.With([.. Row.Of(rounds, Name, StepTime, None, "ms", Target.Most(1.01), $"{TrainingWork.BigMlp.Description}, a checkpoint every 10 s")]);
    }

    private static Contestant With(Session session, string name, int every)
    {
        var job = File.ReadAllText(SteadyState.JobFile(session, TrainingWork.BigMlp, 2, TrainingWork.BigMlp.RowsPerShard));
        var file = Path.Combine(session.Scratch, $"safety-{every}.yaml");
        File.WriteAllText(file, $"{job.TrimEnd()}\n  checkpoint: {{ seconds: {every} }}\n"); // training is the last section
        return new Contestant(name, async stop => new Measurement(new Dictionary<string, double>
        {
            [StepTime] = 1e3 / (await SteadyState.Measure(session, file, session.Quick ? Seconds / 2 : Seconds, stop)).StepsPerSecond,
        }));
    }
}
