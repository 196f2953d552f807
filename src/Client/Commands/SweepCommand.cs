using System.CommandLine;
using Granary.Client.Display;
using Granary.Contracts;
using Granary.Jobs;
using Granary.Sdk.Submitting;

namespace Granary.Client.Commands;

/// <summary><c>granary sweep JOB.yaml --over key=v1,v2 ...</c>: one job for each combination, as one group, on the lasting cluster
/// where one is up, else on a private one.</summary>
internal static class SweepCommand
{
    public static Command Create()
    {
        var (file, set, json, place) = (CommandParts.JobFileArgument(), CommandParts.Set(), CommandParts.Json(), new GroupPlace());
        var over = new Option<string[]>("--over") { Description = "key=value,value,... to be tried; may be given again, for every combination.", Required = true };
        var by = new Option<HeldOutFigure>("--by") { Description = "loss or accuracy: what makes a job the best.", DefaultValueFactory = _ => HeldOutFigure.Loss };
        var command = new Command("sweep", "Trains a job with every combination of some values, and ranks them by a held-out figure.") { file, over, set, by };
        place.AddTo(command);
        command.Options.Add(json);
        return command.DoesInterruptibly(async (result, interruption) =>
        {
            var (path, overrides) = (result.GetValue(file)!, result.GetValue(set) ?? []);
            var grid = SweepGrid.Parse(result.GetValue(over)!);
            place.Check(result);
            Job[] grown = [.. grid.Points.Select((_, i) => JobFile.Load(path, [.. overrides, .. grid.Overrides(i)], Environment.CurrentDirectory, anyKind: true))];
            if (Array.Find(grown, j => j.Data.Validation.IsNone) is not null)
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
            GroupedJob[] jobs = [.. grown.Select(j => new GroupedJob(j, warnings[Checked(j)]))];
            var sweep = new SweepTable($"{grown[0].Name}-sweep-{RandomName.Of(length: 4)}", grid, result.GetValue(by));
            return await place.Use(result, sweep.Group, interruption, async (client, output, waiting) =>
                Say(sweep, await JobGroup.Run(client, sweep.Group, jobs, output, sweep.Line, waiting), result.GetValue(json)));
        });
    }

    // What a check depends on: the data, the seed where it says which rows are held out, the loss of numbers, and the model where only the silo's program knows it.
    private static object Checked(Job job) => (
        job.Data, SplitRule.Of(job) is null ? null : (long?)job.Training.Seed, job.Data.HasNumbers ? job.Model.Loss : (Loss?)null, ModelKinds.IsBuiltIn(job.Model.Kind) ? null : job.Model);

    private static int Say(SweepTable sweep, JobStatus[] all, bool json)
    {
        if (json)
        {
            JobDocument.Write(sweep.Document(all));
        }
        else
        {
            Console.Out.Write(sweep.Text(all, Terminal.OutputWidth));
        }

        return all.Any(s => s.State == JobState.Completed) ? ExitCode.Done : ExitCode.JobFailed;
    }
}
