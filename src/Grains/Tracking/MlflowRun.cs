using Granary.Contracts;
using Granary.Grains.TensorBoard;
using Granary.Jobs;

namespace Granary.Grains.Tracking;

/// <summary>One job's run on an MLflow server. The server alone knows what it has: the run is found by the job's id, and of each metric only
/// steps beyond the newest one there are sent. So each step is logged once, whichever coordinators the job had and whatever answers were lost.</summary>
/// <param name="server">The server.</param>
/// <param name="jobId">The job's id.</param>
/// <param name="job">The job.</param>
/// <param name="submitted">When it was submitted.</param>
internal sealed class MlflowRun(MlflowServer server, string jobId, Job job, DateTimeOffset submitted)
{
    private const string JobTag = "granary.job";
    private const int MostMetrics = 1000; // of one call
    private const int MostParameters = 100;
    private const int LongestValue = 500; // what every version takes

    private Dictionary<string, long> _logged = [];
    private string? _run;
    private int _told; // batches of parameters that the server has

    /// <summary>Logs what is new of a job's points.</summary>
    public async Task Log(IReadOnlyList<MetricPoint> points, long stepsPerEpoch, double examplesPerStep, CancellationToken cancellation)
    {
        var run = await Run(cancellation);
        var scalars = new PointScalars(job.Training, stepsPerEpoch, examplesPerStep);
        var news = scalars.Of(points).SelectMany(p => p.Values.Select(v => Metric(p.Point, v.Tag, v.Value)))
            .Where(m => m.Step > _logged.GetValueOrDefault(m.Key, -1)).ToArray();
        foreach (var batch in news.Chunk(MostMetrics))
        {
            await Do(() => server.Log(run, batch, cancellation));
            foreach (var metric in batch)
            {
                _logged[metric.Key] = metric.Step;
            }
        }
    }

    /// <summary>Says how the job has ended.</summary>
    /// <param name="state">Its state.</param>
    /// <param name="tags">What else is to be known of it.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task End(JobState state, IEnumerable<(string Key, string? Value)> tags, CancellationToken cancellation)
    {
        var run = await Run(cancellation);
        foreach (var (key, value) in tags.Where(t => t.Value is not null))
        {
            await Do(() => server.Tag(run, key, value!, cancellation));
        }

        var status = state switch
        {
            JobState.Completed => "FINISHED",
            JobState.Cancelled => "KILLED",
            _ => "FAILED",
        };
        await Do(() => server.Update(run, status, DateTimeOffset.UtcNow, cancellation));
    }

    private MlflowMetric Metric(MetricPoint point, string tag, double value) =>
        new(tag, value, submitted.AddSeconds(point.Seconds).ToUnixTimeMilliseconds(), point.Step);

    private async Task<string> Run(CancellationToken cancellation)
    {
        if (_run is { } known)
        {
            return known;
        }

        var experiment = await server.Experiment(job.Tracking!.Experiment, cancellation);
        var found = await server.Find(experiment, JobTag, jobId, cancellation);
        var run = found?.Run ?? await server.Create(experiment, jobId, JobTag, jobId, submitted, cancellation);
        _logged = new(found?.Logged ?? new Dictionary<string, long>());
        foreach (var batch in JobFile.Values(job).Select(p => (p.Key, p.Value.Length <= LongestValue ? p.Value : p.Value[..LongestValue])).Chunk(MostParameters).Skip(_told))
        {
            await server.Parameters(run, batch, cancellation);
            _told++;
        }

        return _run = run;
    }

    // What came of a call that has failed, only the server knows.
    private async Task Do(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch
        {
            _run = null;
            throw;
        }
    }
}
