using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Bench.Calibration;
using Granary.Bench.Measuring;

namespace Granary.Bench.Training;

/// <summary>Who trains, and what is measured of it.</summary>
internal static class TrainingContestants
{
    public const string Ddp = "DDP over gloo";
    public const string Bare = "two bare TorchSharp loops";
    public const string Rate = "examples/s";
    public const string Overhead = "step - compute";
    public const string Allocated = "allocated";
    public const string AllocatedInAll = "allocated in all";
    private const string Steps = "steps/s";

    public static Contestant Granary(Session session, TrainingWork work, int seconds)
    {
        var file = SteadyState.JobFile(session, work, 2, work.RowsPerShard);
        return new Contestant(Contestant.Granary, async cancellation =>
        {
            var steady = await SteadyState.Measure(session, file, seconds, cancellation);
            return new Measurement(new Dictionary<string, double>(steady.Shares)
            {
                [Rate] = steady.StepsPerSecond * 2 * work.RowsPerShard,
                [Overhead] = steady.StepMilliseconds - steady.ComputeMilliseconds,
                [Allocated] = steady.BytesPerStep / 1e3,
                [AllocatedInAll] = steady.ProcessBytesPerStep / 1e3,
            });
        }).Calibrated(session);
    }

    public static async Task<IReadOnlyList<Contestant>> Peers(Session session, TrainingWork work, int seconds, CancellationToken cancellation)
    {
        var (data, labels) = GeneratedData.Write(session.Scratch, work);
        var peers = new List<Contestant>();
        if (await Measuring.Peers.HasArithmetic(session, Ddp, "python3-torch", "torch", cancellation))
        {
            peers.Add(new Contestant(Ddp, async stop =>
            {
                await using var ranks = PythonRanks.Start(session, "ddp.py", 2, [work.Name, data, labels ?? "-", Text(seconds)]);
                var result = await ranks.Result(stop);
                return Figures(work, 2 * result[Steps]!.GetValue<double>(), Arithmetic.Of(result));
            }));
        }

        peers.Add(new Contestant(Bare, stop => BareLoops(session, work, data, labels, seconds, stop)));
        return peers;
    }

    private static async Task<Measurement> BareLoops(Session session, TrainingWork work, string data, string? labels, int seconds, CancellationToken cancellation)
    {
        var loops = Enumerable.Range(0, 2).Select(half => Child.StartPart(session, ["bare", work.Name, data, labels ?? "-", Text(half), Text(seconds)])).ToArray();
        try
        {
            var results = new List<JsonObject>();
            foreach (var loop in loops)
            {
                results.Add(await loop.Result(cancellation));
            }

            return Figures(work, results.Sum(r => r[Steps]!.GetValue<double>()), Arithmetic.Of(results[0]));
        }
        finally
        {
            foreach (var loop in loops)
            {
                await loop.DisposeAsync();
            }
        }
    }

    private static Measurement Figures(TrainingWork work, double shardSteps, Arithmetic? arithmetic) =>
        new(new Dictionary<string, double> { [Rate] = shardSteps * work.RowsPerShard }, arithmetic);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
