using System.Globalization;
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

    public static Contestant Granary(Session session, TrainingWork work, int seconds)
    {
        var file = SteadyState.JobFile(session, work, 2, work.RowsPerShard);
        return new Contestant(Rounds.Granary, async cancellation =>
        {
            var steady = await SteadyState.Measure(session, file, seconds, cancellation);
            return new Dictionary<string, double>
            {
                [Rate] = steady.StepsPerSecond * 2 * work.RowsPerShard,
                [Overhead] = steady.StepMilliseconds - steady.ComputeMilliseconds,
                [Allocated] = steady.BytesPerStep / 1e3,
                [AllocatedInAll] = steady.ProcessBytesPerStep / 1e3,
            };
        });
    }

    public static IEnumerable<Contestant> Peers(Session session, TrainingWork work, int seconds)
    {
        var (data, labels) = GeneratedData.Write(session.Scratch, work);
        if (Measuring.Peers.Has(session, Ddp, "python3-torch", "torch"))
        {
            yield return new Contestant(Ddp, async cancellation =>
            {
                await using var ranks = PythonRanks.Start(session, "ddp.py", 2, [work.Name, data, labels ?? "-", Text(seconds)]);
                return Figures(work, 2 * Child.Figures(await ranks.Result(cancellation))["steps/s"]);
            });
        }

        yield return new Contestant(Bare, async cancellation =>
        {
            var loops = Enumerable.Range(0, 2).Select(half => Child.StartPart(session, ["bare", work.Name, data, labels ?? "-", Text(half), Text(seconds)])).ToArray();
            try
            {
                var steps = 0.0;
                foreach (var loop in loops)
                {
                    steps += Child.Figures(await loop.Result(cancellation))["steps/s"];
                }

                return Figures(work, steps);
            }
            finally
            {
                foreach (var loop in loops)
                {
                    await loop.DisposeAsync();
                }
            }
        });
    }

    private static Dictionary<string, double> Figures(TrainingWork work, double shardSteps) => new() { [Rate] = shardSteps * work.RowsPerShard };

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
