using System.Globalization;
using Granary.Bench.Calibration;
using Granary.Bench.Measuring;
using Granary.Model.Files;

namespace Granary.Bench.Training;

/// <summary>From the command to the first step, with built binaries. Granary's time ends when the model of a job of one step is on disk,
/// which is later than the step's commit; PyTorch's when the first rank has taken its first step.</summary>
internal sealed class ColdStartComparison : IComparison
{
    private const string Ranks = "two PyTorch ranks";
    private const string Seconds = "MLP 784-256-10, two processes";
    private static readonly TrainingWork Small = TrainingWork.Mlp with { Name = "mlp-one-step", Examples = TrainingWork.Mlp.RowsPerShard };

    /// <inheritdoc/>
    public string Name => "cold-start";

    /// <inheritdoc/>
    public async Task<Findings> Run(Session session, CancellationToken cancellation)
    {
        var (data, labels) = GeneratedData.Write(session.Scratch, Small);
        var file = SteadyState.JobFile(session, Small, 2, Small.RowsPerShard);
        File.WriteAllText(file, File.ReadAllText(file).Replace("epochs: 1000000", "epochs: 1", StringComparison.Ordinal));
        var contestants = new List<Contestant>
        {
            new Contestant(Contestant.Granary, async stop =>
            {
                await using var job = GranaryJob.Start(session, file);
                await job.Finish(stop);
                return Took(File.GetLastWriteTimeUtc(Path.Combine(job.Output, SavedModel.FileName)) - job.Started);
            }).Calibrated(session),
        };
        if (await Peers.HasArithmetic(session, Ranks, "python3-torch", "torch", cancellation))
        {
            contestants.Add(new Contestant(Ranks, async stop =>
            {
                await using var ranks = PythonRanks.Start(session, "first_step.py", 2, [data, labels!, Small.Examples.ToString(CultureInfo.InvariantCulture)]);
                var result = await ranks.Result(stop);
                return Took(DateTime.UnixEpoch.AddSeconds(result["stepped"]!.GetValue<double>()) - ranks.Started, Arithmetic.Of(result));
            }));
        }

        var rounds = await Rounds.Run(session, Name, session.Quick ? 1 : 7, contestants, cancellation);
        return rounds.With([.. Row.Of(rounds, Name, Seconds, Ranks, "s", Target.Most(1.3))]);
    }

    private static Measurement Took(TimeSpan time, Arithmetic? arithmetic = null) =>
        new(new Dictionary<string, double> { [Seconds] = time.TotalSeconds }, arithmetic);
}
