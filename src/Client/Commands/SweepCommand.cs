using System.CommandLine;
using Granary.Client.Display;
using Granary.Client.Local;
using Granary.Contracts;
using Granary.Jobs;
using Granary.Sdk.Submitting;

namespace Granary.Client.Commands;

/// <summary><c>granary sweep JOB.yaml --over key=v1,v2 ...</c>: one job for each combination, as one group, on the lasting cluster
/// where one is up, else on a private one.</summary>
internal static class SweepCommand
{
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(300);

    public static Command Create()
    {
        var (file, set, home, json) = (CommandParts.JobFileArgument(), CommandParts.Set(), CommandParts.Home(), CommandParts.Json());
        var over = new Option<string[]>("--over") { Description = "key=value,value,... to be tried; may be given again, for every combination.", Required = true };
        var by = new Option<HeldOutFigure>("--by") { Description = "loss or accuracy: what makes a job the best.", DefaultValueFactory = _ => HeldOutFigure.Loss };
        var silos = new Option<int?>("--silos") { Description = "A private cluster of so many silos, even where a lasting one is up (default 1)." };
        var jobs = new Option<int?>("--jobs") { Description = "Jobs at once on a private cluster (default: one for each compute thread of a silo)." };
        var kernels = CommandParts.Kernels();
        return new Command("sweep", "Trains a job with every combination of some values, and ranks them by a held-out figure.")
        {
            file, over, set, by, silos, jobs, kernels, home, json,
        }.DoesInterruptibly(async (result, interruption) =>
        {
            var (path, overrides) = (result.GetValue(file)!, result.GetValue(set) ?? []);
            CommandParts.UseKernels(result.GetValue(kernels));
            var grid = SweepGrid.Parse(result.GetValue(over)!);
            CommandParts.AtLeastOne("--silos", result.GetValue(silos) ?? 1);
            CommandParts.AtLeastOne("--jobs", result.GetValue(jobs) ?? 1);
            Job[] grown = [.. grid.Points.Select((_, i) => JobFile.Load(path, [.. overrides, .. grid.Overrides(i)], Environment.CurrentDirectory, anyKind: true))];
            if (Array.Find(grown, j => j.Data.Validation is { Path: null, Fraction: 0 }) is not null)
            {
                throw new UserException(ExitCode.Usage, $"{path}: a sweep ranks its jobs by held-out examples: set data.validation.fraction, or data.validation.path.");
            }

            if (result.GetValue(by) == HeldOutFigure.Accuracy && Array.Exists(grown, j => j.Data.HasNumbers))
            {
                throw new UserException(ExitCode.Usage, $"{path}: data.target is number, and a number that is predicted is not right or wrong: leave --by out, which ranks by the RMSE.");
            }

            // Data, and models of one's own, are for the silo's program to judge.
            var warnings = new Dictionary<object, IReadOnlyList<JobWarning>>();
            foreach (var i in Enumerable.Range(0, grown.Length).DistinctBy(i => Checked(grown[i])))
            {
                var (_, report) = await JobCheck.Run(path, [.. overrides, .. grid.Overrides(i)], interruption.Token);
                warnings.Add(Checked(grown[i]), JobCheck.Warnings(report));
            }

            JobCheck.Say(warnings.Values.SelectMany(w => w).Distinct(), Console.Error.WriteLine);
            SweptJob[] jobsOfSweep = [.. grown.Select(j => new SweptJob(j, warnings[Checked(j)]))];

            var group = $"{grown[0].Name}-sweep-{RandomName.Of(length: 4)}";
            var sweep = new SweepTable(group, grid, result.GetValue(by));
            if (result.GetValue(silos) is null && result.GetValue(jobs) is null && result.GetValue(kernels) is null && CommandParts.HasCluster(result.GetValue(home)!))
            {
                return await CommandParts.WithCluster(result.GetValue(home)!, interruption.Token, async client =>
                {
                    using var said = interruption.Token.Register(() => Console.Error.WriteLine("the jobs go on. See: granary jobs"));
                    return await Run(client, jobsOfSweep, null, sweep, result.GetValue(json), interruption.Token);
                });
            }

            var output = Path.GetFullPath(Path.Combine("runs", group));
            new RunFolder(output, group).Try(overwrite: false, continues: null);
            var settings = LocalSettings.For(result.GetValue(silos) ?? 1, "none");
            settings = settings with { Jobs = result.GetValue(jobs) ?? settings.Threads };
            return await PrivateCluster.Run(settings, interruption, (_, client, waiting) =>
                Run(client, jobsOfSweep, output, sweep, result.GetValue(json), waiting));
        });
    }

    // What a check depends on: the data, the loss of numbers, and the model where only the silo's program knows it.
    private static object Checked(Job job) => (job.Data, job.Data.HasNumbers ? job.Model.Loss : (Loss?)null, ModelKinds.IsBuiltIn(job.Model.Kind) ? null : job.Model);

    private sealed record SweptJob(Job Job, IReadOnlyList<JobWarning> Warnings);

    private static async Task<int> Run(GranaryClient client, SweptJob[] jobs, string? output, SweepTable sweep, bool json, CancellationToken cancellation)
    {
        var ids = new List<string>();
        foreach (var (job, warnings) in jobs)
        {
            var id = RandomName.Of(job);
            await client.Submit(new Submission(job, output is null ? null : Path.Combine(output, id), id, Group: sweep.Group, Warnings: warnings), cancellation);
            ids.Add(id);
        }

        await Console.Error.WriteLineAsync($"{sweep.Group}: {Plural.Of(ids.Count, "job")}");
        var ended = new Dictionary<string, JobStatus>();
        while (ended.Count < ids.Count)
        {
            foreach (var status in (await client.ListJobsAsync(cancellation)).Where(s => ids.Contains(s.JobId) && !ended.ContainsKey(s.JobId)))
            {
                if (status.State is JobState.Completed or JobState.Failed or JobState.Cancelled)
                {
                    ended.Add(status.JobId, status);
                    await Console.Error.WriteLineAsync($"[{ended.Count}/{ids.Count}] {sweep.Line(ids.IndexOf(status.JobId), status)}");
                }
            }

            await Task.Delay(PollEvery, cancellation);
        }

        JobStatus[] all = [.. ids.Select(id => ended[id])];
        if (json)
        {
            JobDocument.Write(sweep.Document(all));
        }
        else
        {
            await Console.Out.WriteAsync(sweep.Text(all, Terminal.OutputWidth));
        }

        return all.Any(s => s.State == JobState.Completed) ? ExitCode.Done : ExitCode.JobFailed;
    }
}
