using Granary.Client.Commands;
using Granary.Client.Local;
using Granary.Jobs;

namespace Granary.Client.Planning;

/// <summary>Takes the runs that a calibration needs.</summary>
/// <param name="job">The job to be planned.</param>
/// <param name="input">What the data says about the model's ends.</param>
/// <param name="examples">Training examples.</param>
/// <param name="done">Told of every run.</param>
internal sealed class CalibrationRuns(PlannedJob job, InputShape input, long examples, Action<CalibrationRun>? done = null)
{
    /// <summary>On two silos of this machine, with a compute thread each.</summary>
    public async Task<IReadOnlyList<CalibrationRun>> OnThisMachine(Interruption interruption) => await PrivateCluster.Run(
        LocalSettings.For(2, "none") with { Threads = 1, TcpAlone = true }, interruption, (_, client, waiting) => On(client, waiting));

    /// <summary>On a cluster that is up.</summary>
    public async Task<IReadOnlyList<CalibrationRun>> On(GranaryClient client, CancellationToken cancellation)
    {
        using var folder = new TemporaryFolder("granary-plan-");
        var (timed, runs) = (new TimedRuns(client, folder.Path), new List<CalibrationRun>());
        var threads = (await client.ListSilosAsync(cancellation)).Max(s => s.Threads);
        foreach (var (variant, silos) in Calibration.Runs(job, input, examples, threads))
        {
            var run = await timed.Run(variant, silos, cancellation);
            done?.Invoke(run);
            runs.Add(run);
        }

        return runs;
    }
}
