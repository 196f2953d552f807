using System.Collections.Concurrent;
using Granary.Contracts;
using Granary.Grains.ModelState;
using Granary.Grains.Telemetry;
using Microsoft.Extensions.Logging;

namespace Granary.Grains.Workers;

/// <summary>Reports one worker's progress to the coordinator, off the critical path, and repeats a report whose answer is lost.
/// Rank 0 reports the records of all workers; every worker reports its times.</summary>
internal sealed partial class Reporter : IDisposable
{
    // At most so many steps in one call; a coordinator that was away for long gets several.
    private const int StepsPerReport = 2000;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Assignment _assignment;
    private readonly ICoordinatorGrain _coordinator;
    private readonly RecordLog _log;
    private readonly StepTimes _times;
    private readonly StepMetrics _metrics;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _news = new(0);
    private readonly ConcurrentQueue<Func<Task>> _single = new();
    private long _wanted;

    /// <param name="assignment">Whose reports these are.</param>
    /// <param name="coordinator">Who is told.</param>
    /// <param name="log">What there is to tell.</param>
    /// <param name="times">Where the time went.</param>
    /// <param name="metrics">What goes into the metrics meanwhile.</param>
    /// <param name="from">First step whose record the coordinator wants.</param>
    /// <param name="logger">For reports that do not arrive.</param>
    public Reporter(
        Assignment assignment, ICoordinatorGrain coordinator, RecordLog log, StepTimes times, StepMetrics metrics, long from, ILogger logger)
    {
        (_assignment, _coordinator, _log, _times, _metrics, _wanted, _logger) = (assignment, coordinator, log, times, metrics, from, logger);
        _ = Task.Run(Run);
    }

    /// <summary>There is something to report.</summary>
    public void Wake()
    {
        if (_news.CurrentCount == 0)
        {
            _news.Release();
        }
    }

    /// <summary>The member cannot go on.</summary>
    public void Add(WorkerTrouble trouble) => Add(() => _coordinator.Trouble(trouble));

    /// <summary>The member's part of a checkpoint has been written, or could not be.</summary>
    public void Add(long step, CheckpointPart? part, string? failure) =>
        Add(() => _coordinator.CheckpointWritten(_assignment.Generation, _assignment.Rank, step, part, failure));

    private void Add(Func<Task> tell)
    {
        _single.Enqueue(tell);
        Wake();
    }

    private async Task Run()
    {
        var token = _stopping.Token;
        var failed = false;
        while (!token.IsCancellationRequested)
        {
            try
            {
                await _news.WaitAsync(token);
                _metrics.AddToMetrics();
                await Tell();
                failed = false;
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (StaleGenerationException)
            {
                return; // another generation has taken over, and fetches what it needs
            }
#pragma warning disable CA1031 // whatever it was: sent again, until it is delivered or the generation ends
            catch (Exception e)
            {
                if (!failed)
                {
                    LogUndelivered(_logger, e.Message);
                }

                failed = true;
                Wake();
                await Task.Delay(Pause, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
#pragma warning restore CA1031
        }
    }

    private async Task Tell()
    {
        var (steps, evaluations) = _assignment.Rank == 0 ? _log.From(_wanted, StepsPerReport) : ([], []);
        var (taken, seconds, traced) = _times.Take();
        var committed = steps.Count > 0 ? steps[^1].Step + 1 : 0;
        var report = new WorkerReport(_assignment.Generation, _assignment.Rank, committed, steps, evaluations, taken, seconds, traced);
        var told = _wanted;
        _wanted = await _coordinator.Report(report);
        if (steps.Count == StepsPerReport || _wanted < told)
        {
            Wake();
        }

        while (_single.TryPeek(out var tell))
        {
            await tell();
            _single.TryDequeue(out _);
        }
    }

    [LoggerMessage(LogLevel.Warning, "A report could not be delivered to its coordinator and will be sent again: {Reason}")]
    private static partial void LogUndelivered(ILogger logger, string reason);

    /// <inheritdoc/>
    public void Dispose() => _stopping.Cancel();
}
