using System.CommandLine;
using Granary.Client.Chaos;
using Granary.Client.Display;
using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Client.Commands;

/// <summary><c>granary chaos --plan FILE</c></summary>
internal static class ChaosCommand
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan ReadEvery = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        var plan = new Option<string>("--plan") { Description = "The fault plan, a YAML file.", Required = true }.IsPath();
        var job = new Option<string?>("--job") { Description = "The job to watch; default: the one that runs." };
        var (home, json) = (CommandParts.Home(), CommandParts.Json());
        return new Command("chaos", "Injects the faults of a plan into the lasting local cluster while a job runs, and reports how long the job took to recover.") { plan, job, home, json }
            .Does(async (result, cancellation) =>
            {
                var place = CommandParts.LocalHome(result.GetValue(home)!, "End its silos where they run, as with kubectl delete pod.");
                var read = FaultPlanFile.Load(result.GetValue(plan)!);
                await using var client = await GranaryClient.Connect(place.Address(), cancellation);
                var id = result.GetValue(job) ?? await TheOneThatRuns(client);
                var (report, status) = await Run(read, place, client, id, cancellation);
                if (result.GetValue(json))
                {
                    JobDocument.Write(report.Document(status));
                    return ExitCode.Done;
                }

                Console.Write(report.Table().Text(Terminal.OutputWidth));
                foreach (var missed in report.Missed)
                {
                    Console.WriteLine(ChaosReport.OfMissed(missed));
                }

                Console.WriteLine($"{Plural.Of(report.Count, "fault")} done; {id} is {status.State.ToString().ToLowerInvariant()} at step {status.Step} of {status.Steps}, after {Plural.Of(status.Recoveries, "recovery")}");
                return ExitCode.Done;
            });
    }

    private static async Task<string> TheOneThatRuns(GranaryClient client) =>
        (await client.ListJobsAsync()).FirstOrDefault(j => j.State == JobState.Running)?.JobId
        ?? throw new UserException(ExitCode.Usage, "no job is running. Start one with: granary submit JOB.yaml --detach");

    private static async Task<(ChaosReport Report, JobStatus Status)> Run(
        FaultPlan plan, ClusterHome home, GranaryClient client, string job, CancellationToken cancellation)
    {
        var times = new RecoveryTimes();
        var report = new ChaosReport(times);
        var ground = new LocalFaultGround(home, client, job);
        var runner = new FaultRunner(
            plan, ground, TimeProvider.System, done => Console.Error.WriteLine(report.Add(done)), waiting => Console.Error.WriteLine(ChaosReport.OfWaiting(waiting)));
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var running = runner.Run(over.Token);
        try
        {
            while (!running.IsCompleted)
            {
                times.Add(await client.GetJob(job).GetEventsAsync(cancellation)); // a job drops its older events
                await Task.WhenAny(running, Task.Delay(ReadEvery, cancellation));
            }

            report.Missed = await running;
        }
        finally
        {
            await over.CancelAsync();
            await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // what it has frozen goes on
        }

        var status = await OverIt(client, job, cancellation);
        times.Add(await client.GetJob(job).GetEventsAsync(cancellation));
        return (report, status);
    }

    // Waits until the job has recovered from the last fault too.
    private static async Task<JobStatus> OverIt(GranaryClient client, string job, CancellationToken cancellation)
    {
        var generation = (await client.GetJob(job).GetStatusAsync(cancellation)).Generation;
        for (var looks = 0; ; looks++)
        {
            var status = await client.GetJob(job).GetStatusAsync(cancellation);
            if (status.State != JobState.Running || (status.Resumed is not null && (status.Generation > generation || looks * LookEvery > TimeSpan.FromSeconds(5))))
            {
                return status;
            }

            await Task.Delay(LookEvery, cancellation);
        }
    }
}
