using System.Diagnostics;
using Granary.Contracts;

namespace Granary.Client.Display;

/// <summary>Shows a job on standard error until it ends: live on a terminal, else as plain lines, one a second at most.</summary>
internal static class JobDisplay
{
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(1);

    /// <summary>Follows the job; returns its last status.</summary>
    /// <param name="statuses">What the client sees of it.</param>
    /// <param name="quiet">Only plain lines, even on a terminal.</param>
    public static async Task<JobStatus> Follow(IAsyncEnumerable<JobStatus> statuses, bool quiet)
    {
        var history = new JobHistory();
        if (quiet || !Terminal.Errors.Live)
        {
            await Lines(statuses, history);
        }
        else
        {
            await Live(statuses, history);
        }

        return history.Status!;
    }

    private static async Task Live(IAsyncEnumerable<JobStatus> statuses, JobHistory history)
    {
        var screen = new LiveText(Terminal.Screen, Terminal.Size);
        void Draw() => screen.Draw((width, height) => JobPanel.Lines(history, Terminal.Errors, width, height));
        Draw();
        Terminal.Shown = screen;
        try
        {
            await foreach (var status in statuses)
            {
                history.Add(status);
                Draw();
            }
        }
        finally
        {
            Terminal.Shown = null;
        }
    }

    private static async Task Lines(IAsyncEnumerable<JobStatus> statuses, JobHistory history)
    {
        var since = Stopwatch.StartNew();
        var last = "";
        await foreach (var status in statuses)
        {
            history.Add(status);
            var line = JobLine.Of(history);
            if (line != last && (last.Length == 0 || since.Elapsed >= LineEvery))
            {
                await Console.Error.WriteLineAsync(line);
                last = line;
                since.Restart();
            }
        }

        if (JobLine.Of(history) is var final && final != last)
        {
            await Console.Error.WriteLineAsync(final);
        }
    }
}
