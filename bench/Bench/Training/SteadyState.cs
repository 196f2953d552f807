using System.Globalization;
using Granary.Bench.Measuring;
using Granary.Bench.Quiet;

namespace Granary.Bench.Training;

/// <summary>What a silo's metrics say of a job at its pace: steps a second, milliseconds, managed bytes.</summary>
/// <param name="StepsPerSecond">Committed steps.</param>
/// <param name="StepMilliseconds">A step's median.</param>
/// <param name="ComputeMilliseconds">The median of its computing.</param>
/// <param name="BytesPerStep">Managed bytes that the thread of the steps allocates in one.</param>
/// <param name="ProcessBytesPerStep">Managed bytes that the silo's whole process allocates, per step.</param>
/// <param name="BesideSteps">Processor time of the silos' other threads than those of the steps, in percent of one core.</param>
/// <param name="Shares">See <see cref="StepShares"/>.</param>
internal sealed record SteadyState(
    double StepsPerSecond, double StepMilliseconds, double ComputeMilliseconds, double BytesPerStep, double ProcessBytesPerStep, double BesideSteps,
    IReadOnlyDictionary<string, double> Shares)
{
    /// <summary>Seconds at the beginning that do not count: code is still being compiled.</summary>
    private const int ShortWarmUp = 5;

    /// <summary>Runs a job that would never end, and listens to its first silo for some seconds.</summary>
    public static async Task<SteadyState> Measure(Session session, string file, int seconds, CancellationToken cancellation)
    {
        await using var job = GranaryJob.Start(session, file);
        return await Measure(session, job, seconds, cancellation);
    }

    /// <summary>The same of one that has been started; it is ended.</summary>
    public static async Task<SteadyState> Measure(Session session, GranaryJob job, int seconds, CancellationToken cancellation, int warmUp = ShortWarmUp)
    {
        var silos = await job.StartedSilos(cancellation);
        session.Environment.Adopt(silos[0]);
        using var metrics = new SiloMetrics(silos[0]);
        OtherThreads? warm = null;
        for (var waited = 0; ; waited++)
        {
            var training = metrics.Seconds.SkipWhile(s => s.Values.GetValueOrDefault("granary.steps") == 0).ToArray();
            if (training.Length >= warmUp)
            {
                warm ??= OtherThreads.Now(silos, job.StepThread);
            }

            if (training.Length > warmUp + seconds)
            {
                var beside = warm!.PercentUntil(OtherThreads.Now(silos, job.StepThread));
                await job.Stop(cancellation);
                return Of(training[(warmUp - 1)..(warmUp + seconds)], beside, StepShares.Of(job.Output));
            }

            if (waited > 40 * (20 + warmUp + seconds))
            {
                throw new ChildException($"the silos took no {seconds + warmUp} seconds of steps in {20 + warmUp + seconds} s");
            }

            await Task.Delay(25, cancellation);
        }
    }

    // The first second only says when the others began.
    private static SteadyState Of(IReadOnlyList<MetricSecond> seconds, double beside, IReadOnlyDictionary<string, double> shares)
    {
        var counted = seconds.Skip(1).ToArray();
        var steps = Sum("granary.steps");
        return new SteadyState(
            steps / (seconds[^1].At - seconds[0].At),
            1e3 * Median("granary.step.duration"),
            1e3 * Median("granary.step.compute.duration"),
            Median("granary.step.allocated"),
            Sum("dotnet.gc.heap.total_allocated") / steps,
            beside,
            shares);

        double Sum(string name) => counted.Sum(s => s.Values.GetValueOrDefault(name));
        double Median(string name) => Spread.Of(counted.Where(s => s.Values.ContainsKey(name)).Select(s => s.Values[name]).DefaultIfEmpty(double.NaN)).Median;
    }

    /// <summary>A job file for a work that goes on until it is stopped.</summary>
    /// <param name="session">Where it is written.</param>
    /// <param name="work">Model and data.</param>
    /// <param name="shards">V.</param>
    /// <param name="rows">Examples of a shard in a step.</param>
    public static string JobFile(Session session, TrainingWork work, int shards, int rows)
    {
        var (data, labels) = GeneratedData.Write(session.Scratch, work);
        var path = Path.Combine(session.Scratch, string.Create(CultureInfo.InvariantCulture, $"{work.Name}-{shards}.yaml"));
        File.WriteAllText(path, string.Create(CultureInfo.InvariantCulture, $$"""
            version: 1
            name: bench-{{work.Name}}
            model: {{work.Model}}
            data:
              format: {{(labels is null ? "text" : "idx")}}
              path: {{data}}
              {{(labels is null ? "tokens: char" : $"labels: {labels}")}}
              shards: {{shards}}
            training:
              epochs: 1000000
              batch: {{shards * rows}}
              optimizer: { kind: sgd, learningRate: 0.001 }

            """));
        return path;
    }
}
