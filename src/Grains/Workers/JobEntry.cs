using System.Diagnostics;
using Granary.Contracts;

namespace Granary.Grains.Workers;

/// <summary>A job in one generation, as one silo knows it.</summary>
/// <param name="generation">Job and generation.</param>
/// <param name="memory">What the silo remembers of the job.</param>
/// <param name="before">The entry of the generation before, which uses the same memory until it has ended; null: there is none.</param>
internal sealed class JobEntry(GenerationId generation, JobMemory memory, JobEntry? before = null)
{
    private JobEntry? _before = before;
    private readonly long _made = Stopwatch.GetTimestamp();
    private Task? _ending;

    public GenerationId Generation { get; } = generation;

    public JobMemory Memory { get; } = memory;

    /// <summary>Since this silo joined the generation.</summary>
    public double Seconds => Stopwatch.GetElapsedTime(_made).TotalSeconds;

    public Assignment? Assignment { get; set; }

    public IWorkerSession? Session { get; private set; }

    public Reporter? Reporter { get; private set; }

    /// <summary>Takes a session, unless this entry has ended while the session was being made.</summary>
    public bool TryBegin(IWorkerSession session, Reporter reporter)
    {
        if (_ending is null)
        {
            (Session, Reporter) = (session, reporter);
        }

        return _ending is null;
    }

    // A release, a newer generation and the silo's own end may come at once: the session's memory is freed by the first, and
    // the others wait for it. Turns of the service never overlap, so that no lock is needed here.
    public Task End() => _ending ??= EndNow();

    // Whoever has waited for the one before may have given up: it has not ended for that.
    private async Task EndNow()
    {
        var before = _before?.End() ?? Task.CompletedTask;
        try
        {
            await Task.Run(() =>
            {
                Reporter?.Dispose();
                Session?.Dispose();
            });
        }
        finally
        {
            await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext); // whoever waited for that has been told
            _before = null;
        }
    }

    /// <summary>The entry before has ended.</summary>
    public void ForgetBefore() => _before = null;
}
