using System.Diagnostics;
using Granary.Contracts;
using OpenTelemetry;

namespace Granary.Silo.Telemetry;

/// <summary>Keeps polling calls out of the traces: job status, worker status, grants and reports of steps. Each would be a trace of its own,
/// several a second. Everything below such a call is left out, too.</summary>
internal sealed class PollFilter : BaseProcessor<Activity>
{
    private static readonly HashSet<string> Polls =
    [
        Name<ICoordinatorGrain>(nameof(ICoordinatorGrain.Status)),
        Name<ICoordinatorGrain>(nameof(ICoordinatorGrain.StatusAfter)),
        Name<ICoordinatorGrain>(nameof(ICoordinatorGrain.Events)),
        Name<ICoordinatorGrain>(nameof(ICoordinatorGrain.Ledger)),
        Name<ICoordinatorGrain>(nameof(ICoordinatorGrain.Report)),
        Name<ICatalogueGrain>(nameof(ICatalogueGrain.List)),
        Name<ICatalogueGrain>(nameof(ICatalogueGrain.Awake)),
        Name<IClusterGrain>(nameof(IClusterGrain.Silos)),
        Name<IWorker>(nameof(IWorker.Describe)),
        Name<IWorker>(nameof(IWorker.Stand)),
        Name<IWorker>(nameof(IWorker.Grant)),
        Name<IWorker>(nameof(IWorker.RecordPoints)),
        Name<IWorker>(nameof(IWorker.Release)),
        Name<IEvaluationGrain>(nameof(IEvaluationGrain.Ask)),
    ];

    private static string Name<T>(string method) => $"{typeof(T).Name}/{method}";

    /// <inheritdoc/>
    public override void OnStart(Activity data)
    {
        if (Polls.Contains(data.OperationName) || data.Parent is { Recorded: false })
        {
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            data.IsAllDataRequested = false;
        }
    }
}
