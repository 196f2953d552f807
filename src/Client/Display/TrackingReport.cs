using Granary.Client.Display.Story;

namespace Granary.Client.Display;

/// <summary>What the events of a job say of its tracking server, for a private cluster, whose events go with it.</summary>
internal static class TrackingReport
{
    /// <summary>Says that the server did not take the job's figures, where it did not.</summary>
    /// <param name="job">A job that has ended.</param>
    public static async Task Show(JobHandle job)
    {
        if (new TrackingFaults().Tell(new JobRecord(await job.GetStatusAsync(), await job.GetEventsAsync())) is { } fault)
        {
            await Console.Error.WriteLineAsync(fault);
        }
    }
}
