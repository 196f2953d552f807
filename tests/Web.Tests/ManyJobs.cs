using System.Reflection;
using Granary.Contracts;
using Granary.Jobs;
using Granary.Web.Hosting;

namespace Granary.Web.Tests;

/// <summary>The API and page over a cluster that is made up: jobs with more points, and with other names, than a test could train.</summary>
internal sealed class ManyJobs : IAsyncDisposable
{
    private readonly ClusterWeb _web;

    private ManyJobs(ClusterWeb web) => _web = web;

    public Uri Address => _web.Address;

    /// <param name="jobs">How many.</param>
    /// <param name="points">Points of each.</param>
    /// <param name="name">What each is called, its silos and its events too.</param>
    public static async Task<ManyJobs> Start(int jobs, int points, string name)
    {
        var cluster = DispatchProxy.Create<IGrainFactory, Grains>();
        ((Grains)(object)cluster).Fill(jobs, points, name);
        return new ManyJobs(await ClusterWeb.Start(
            new WebSettings("silo-1", "test", new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0)), cluster, new DataCheckOfTests()));
    }

    public ValueTask DisposeAsync() => _web.DisposeAsync();

    /// <summary>Gives a grain for a key; each answers from what there is.</summary>
    public class Grains : DispatchProxy
    {
        private readonly Dictionary<string, object> _jobs = [];
        private JobStatus[] _all = [];

        internal void Fill(int jobs, int points, string name)
        {
            MetricPoint[] curve = [.. Enumerable.Range(1, points).Select(i => new MetricPoint(
                i, i / 1000, 2 + Math.Sin(i / 500.0) - (i / (double)points), null, i % 1000 == 0 ? 2.1 : null, i % 1000 == 0 ? 0.5 : null, i / 100.0))];
            _all = [.. Enumerable.Range(0, jobs).Select(i => new JobStatus
            {
                JobId = $"many-{i}", Name = name, State = JobState.Completed, Step = points, Steps = points, StepsPerEpoch = 1000, Epochs = points / 1000,
                Generation = 1, Examples = 16L * points, ExamplesPerSecond = 1600, Seconds = points / 100.0, Submitted = DateTimeOffset.UnixEpoch, Shards = 4,
                Members = [new MemberStatus(name, 1, 0, 4, 0.01, 0.01)], Coordinator = name, Failure = name,
            })];
            var job = new Job(
                1, name, new ModelSection { Kind = "softmax" }, new DataSection { Format = "csv", Path = name, Label = "label", Shards = 4 },
                new TrainingSection { Epochs = points / 1000, Batch = 16, Optimizer = new() { LearningRate = 0.1 } });
            foreach (var status in _all)
            {
                var coordinator = Create<ICoordinatorGrain, Answers>();
                ((Answers)(object)coordinator).All = new()
                {
                    ["Status"] = arguments => Task.FromResult<JobStatus?>(status with { Points = (int)arguments[0]! == 0 ? curve : [] }),
                    ["StatusAfter"] = _ => Task.FromResult<JobStatus?>(status),
                    ["Ledger"] = _ => Task.FromResult<LedgerReport?>(new LedgerReport(job, null, points, [], 0)),
                    ["Events"] = _ => Task.FromResult<IReadOnlyList<JobEvent>>([new JobEvent(DateTimeOffset.UnixEpoch, JobEventKind.Trouble, 1, 1, name, name)]),
                    ["Goodput"] = _ => Task.FromResult<GoodputReport?>(new GoodputReport(
                        status.JobId, status.Seconds, [new TimeShare(TimePart.Computing, status.Seconds)], 0, 0, new Dictionary<string, int>())),
                    ["Doing"] = _ => Task.FromResult<JobActivity?>(new JobActivity(status.JobId, status.State, name, points, 0, null, [])),
                };
                _jobs[status.JobId] = coordinator;
            }
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            var wanted = targetMethod!.GetGenericArguments()[0];
            if (wanted == typeof(ICoordinatorGrain))
            {
                return _jobs[(string)args![0]!];
            }

            object grain = wanted == typeof(ICatalogueGrain) ? Create<ICatalogueGrain, Answers>() : Create<IClusterGrain, Answers>();
            ((Answers)grain).All = new()
            {
                ["List"] = _ => Task.FromResult<IReadOnlyList<JobStatus>>(_all),
                ["Silos"] = _ => Task.FromResult<IReadOnlyList<SiloInfo>>([new SiloInfo(_all[0].Name, "127.0.0.1:1@1", 1, "active", 1, "cpu", "127.0.0.1:2", "test", 1)]),
            };
            return grain;
        }
    }

    public class Answers : DispatchProxy
    {
        internal Dictionary<string, Func<object?[], object>> All { get; set; } = [];

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => All[targetMethod!.Name](args!);
    }
}
