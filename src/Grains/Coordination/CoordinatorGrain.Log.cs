using Microsoft.Extensions.Logging;

namespace Granary.Grains.Coordination;

/// <content>Log messages.</content>
internal sealed partial class CoordinatorGrain
{
    [LoggerMessage(LogLevel.Warning, "Job {Job}, step {Step}: rank {Rank} cannot go on: {Cause}")]
    private static partial void LogTrouble(ILogger logger, string job, long step, int rank, string cause);

    [LoggerMessage(LogLevel.Warning, "Job {Job}: generation {Generation} ended ({Cause}); starting the next")]
    private static partial void LogRecovering(ILogger logger, string job, long generation, string cause);

    [LoggerMessage(LogLevel.Warning, "Job {Job}: another activation has taken over from generation {Generation}; this one stops")]
    private static partial void LogReplaced(ILogger logger, string job, long generation);

    [LoggerMessage(LogLevel.Warning, "Job {Job}: the checkpoint of step {Step} could not be written: {Reason}")]
    private static partial void LogCheckpointFailed(ILogger logger, string job, long step, string reason);

    [LoggerMessage(LogLevel.Warning, "Job {Job}: {Message}")]
    private static partial void LogNoticed(ILogger logger, string job, string message);

    [LoggerMessage(LogLevel.Error, "Job {Job} failed")]
    private static partial void LogFailed(ILogger logger, Exception exception, string job);
}
