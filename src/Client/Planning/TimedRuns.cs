using System.Diagnostics;
using Granary.Contracts;
using Granary.Jobs;
using Granary.Sdk.Submitting;

namespace Granary.Client.Planning;

/// <summary>Runs jobs on a cluster for some seconds each, and reads off the silos' own times of a step's parts.</summary>
/// <param name="client">The cluster.</param>
/// <param name="folder">Where the jobs write their output folders.</param>
/// <param name="least">How long each is measured at least, after its warm-up; null: 1.5 s.</param>
internal sealed class TimedRuns(GranaryClient client, string folder, TimeSpan? least = null)
{
    private const int LeastSamples = 6;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    // Code is being compiled at first, and memory is touched for the first time in every run.
    private static readonly TimeSpan FirstWarmUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LaterWarmUp = TimeSpan.FromSeconds(0.8);
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(60);

    private readonly TimeSpan _least = least ?? TimeSpan.FromSeconds(1.5);
    private TimeSpan _warmUp = FirstWarmUp;

    /// <summary>Runs one job, and ends it.</summary>
    /// <param name="job">A job that would not end by itself.</param>
    /// <param name="silos">How many silos should take part.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="running">Called before the measuring, once its steps have begun.</param>
    /// <exception cref="UserException">It could not run, or not on so many silos.</exception>
    public async Task<CalibrationRun> Run(PlannedJob job, int silos, CancellationToken cancellation, Func<Task>? running = null)
    {
        var id = $"{job.Job.Name}-plan-{RandomName.Of(length: 6)}";
        await client.Submit(new Submission(job.Job, Path.Combine(folder, id), id), cancellation);
        try
        {
            var (compute, exchange) = await Listen(id, silos, running, cancellation);
            _warmUp = LaterWarmUp;
            return new CalibrationRun(job, silos, compute, exchange);
        }
        finally
        {
            await End(id);
        }
    }

    private async Task<(double Compute, double Exchange)> Listen(string id, int silos, Func<Task>? begin, CancellationToken cancellation)
    {
        var since = Stopwatch.StartNew();
        Stopwatch? running = null;
        var samples = new List<(double Compute, double Exchange)>();
        while (true)
        {
            var status = await client.GetJob(id).GetStatusAsync(cancellation);
            if (status.State is JobState.Failed or JobState.Completed or JobState.Cancelled)
            {
                throw new UserException(ExitCode.JobFailed, $"the run that was to be timed ended: {status.Failure ?? status.State.ToString()}");
            }

            if (status.Step > 0 && status.Members.Count != silos)
            {
                throw new UserException(ExitCode.Usage, $"a calibration takes {Plural.Of(silos, "silo")}, but {status.Members.Count} took part. Start more with: granary scale --silos {silos}");
            }

            if (running is null && status.Step > 0)
            {
                await (begin?.Invoke() ?? Task.CompletedTask);
                running = Stopwatch.StartNew();
            }

            if (running?.Elapsed > _warmUp)
            {
                var sample = (status.Members.Average(m => m.ComputeSeconds), status.Members.Average(m => m.ExchangeSeconds));
                if (sample.Item1 > 0 && (samples.Count == 0 || sample != samples[^1]))
                {
                    samples.Add(sample);
                }

                if (samples.Count >= LeastSamples && running.Elapsed > _warmUp + _least)
                {
                    return (Median(samples.Select(s => s.Compute)), Median(samples.Select(s => s.Exchange)));
                }
            }

            if (since.Elapsed > MostTime)
            {
                throw new UserException(
                    ExitCode.Unreachable,
                    $"{id} is {status.State.ToString().ToLowerInvariant()} at step {status.Step} after {MostTime.TotalSeconds:0} s: too slow to be timed, or other jobs are before it. Give --flops, --bandwidth and --latency instead.");
            }

            await Task.Delay(LookEvery, cancellation);
        }
    }

    // Whatever becomes of the command: the job would never end by itself.
    private async Task End(string id)
    {
        var job = client.GetJob(id);
        await job.CancelAsync(CancellationToken.None);
        await foreach (var _ in job.WatchAsync(CancellationToken.None))
        {
            // Until it has ended.
        }
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
