using Granary.Contracts;
using Microsoft.Extensions.Logging;

namespace Granary.Grains.Coordination;

/// <content>What an operator reads in the silo's log: every event of the job, each with job, generation and step.</content>
internal sealed partial class CoordinatorGrain
{
    /// <summary>Keeps an event with the job and logs it.</summary>
    private void Note(JobEventKind kind, string? silo, string message, Rewind? rewind = null)
    {
        var noted = State.Note(kind, silo, message, rewind);
        LogEvent(logger, LevelOf(kind), JobId, noted.Generation, noted.Step, kind, message);
    }

    private static LogLevel LevelOf(JobEventKind kind) => kind switch
    {
        JobEventKind.SiloLost or JobEventKind.Trouble or JobEventKind.Rewound or JobEventKind.CheckpointFailed or JobEventKind.CheckpointDamaged
            or JobEventKind.SlowSilo or JobEventKind.Stalled or JobEventKind.StorageFailed or JobEventKind.StandsBy or JobEventKind.TrackingFailed => LogLevel.Warning,
        _ => LogLevel.Information,
    };

    [LoggerMessage("Job {Job}, generation {Generation}, step {Step}: {Kind}: {Message}")]
    private static partial void LogEvent(ILogger logger, LogLevel level, string job, long generation, long step, JobEventKind kind, string message);

    [LoggerMessage(LogLevel.Information, "Job {Job}, generation {Generation}, step {Step}: checkpoint written ({Parts} parts)")]
    private static partial void LogCheckpoint(ILogger logger, string job, long generation, long step, int parts);

    [LoggerMessage(LogLevel.Warning, "Job {Job}, generation {Generation}, step {Step}: rank {Rank} cannot go on: {Cause}")]
    private static partial void LogTrouble(ILogger logger, string job, long generation, long step, int rank, string cause);

    [LoggerMessage(LogLevel.Warning, "Job {Job}, generation {Generation}, step {Step}: the TensorBoard file could not be written, and is tried again: {Cause}")]
    private static partial void LogNotRecorded(ILogger logger, string job, long generation, long step, string cause);

    [LoggerMessage(LogLevel.Warning, "Job {Job}: another activation has taken over from generation {Generation}; this one stops")]
    private static partial void LogReplaced(ILogger logger, string job, long generation);

    [LoggerMessage(LogLevel.Error, "Job {Job} failed")]
    private static partial void LogFailed(ILogger logger, Exception exception, string job);
}
