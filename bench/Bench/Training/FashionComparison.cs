using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Bench.Calibration;
using Granary.Bench.Measuring;

namespace Granary.Bench.Training;

/// <summary>Fashion-MNIST: seconds from the first step until an epoch ends with 0.88 of the held-out images right, evaluations
/// included. Both sides train the same network with the same optimiser, batches and epochs; every round has another seed.</summary>
internal sealed class FashionComparison : IComparison
{
    private const string Folder = "/usr/share/datasets/fashion-mnist";
    private const string Seconds = "seconds to 0.88, MLP 784-256-10, 128 a shard, Adam";
    private const double Wanted = 0.88;
    private const int Epochs = 20;
    private const int Batch = 256;

    /// <inheritdoc/>
    public string Name => "fashion";

    /// <inheritdoc/>
    public async Task<Findings> Run(Session session, CancellationToken cancellation)
    {
        if (!Directory.Exists(Folder))
        {
            session.LeaveOut("Fashion-MNIST", "not installed: apt-get install dataset-fashion-mnist");
            return new Findings([], null);
        }

        var (granarySeed, peerSeed) = (0, 0);
        var contestants = new List<Contestant>
        {
            new Contestant(Contestant.Granary, async stop =>
            {
                await using var job = GranaryJob.Start(session, JobFile(session, ++granarySeed));
                await job.Finish(stop);
                var reached = File.ReadLines(Path.Combine(job.Output, "metrics.jsonl")).Select(l => JsonNode.Parse(l)!)
                    .FirstOrDefault(p => p["validationAccuracy"] is { } accuracy && accuracy.GetValue<double>() >= Wanted);
                return Took(reached?["seconds"]?.GetValue<double>(), Contestant.Granary);
            }).Calibrated(session),
        };
        if (await Peers.HasArithmetic(session, TrainingContestants.Ddp, "python3-torch", "torch", cancellation))
        {
            contestants.Add(new Contestant(TrainingContestants.Ddp, async stop =>
            {
                await using var ranks = PythonRanks.Start(session, "fashion.py", 2, [Folder, Text(Batch / 2), Text(Epochs), Text(++peerSeed), Wanted.ToString(CultureInfo.InvariantCulture)]);
                var result = await ranks.Result(stop);
                return Took(result["seconds"]?.GetValue<double>(), TrainingContestants.Ddp, Arithmetic.Of(result));
            }));
        }

        var rounds = await Rounds.Run(session, Name, session.Quick ? 1 : 5, contestants, cancellation);
        return rounds.With([.. Row.Of(rounds, Name, Seconds, TrainingContestants.Ddp, "s", Target.Most(0.60))]);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static Measurement Took(double? seconds, string who, Arithmetic? arithmetic = null) => new(
        new Dictionary<string, double>
        {
            [Seconds] = seconds ?? throw new ChildException($"{who} did not reach {Wanted} in {Epochs} epochs"),
        },
        arithmetic);

    private static string JobFile(Session session, int seed)
    {
        var path = Path.Combine(session.Scratch, "fashion.yaml");
        File.WriteAllText(path, string.Create(CultureInfo.InvariantCulture, $$"""
            version: 1
            name: bench-fashion
            model: { kind: mlp, hidden: [256], activation: relu }
            data:
              format: idx
              path: {{Folder}}/train-images-idx3-ubyte.gz
              labels: {{Folder}}/train-labels-idx1-ubyte.gz
              shards: 2
              validation:
                path: {{Folder}}/t10k-images-idx3-ubyte.gz
                labels: {{Folder}}/t10k-labels-idx1-ubyte.gz
            training:
              epochs: {{Epochs}}
              batch: {{Batch}}
              seed: {{seed}}
              optimizer: { kind: adam, learningRate: 0.001 }

            """));
        return path;
    }
}
