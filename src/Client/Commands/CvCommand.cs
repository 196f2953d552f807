using System.CommandLine;
using Granary.Client.Display;
using Granary.Contracts;
using Granary.Jobs;
using Granary.Sdk.Submitting;

namespace Granary.Client.Commands;

/// <summary><c>granary cv JOB.yaml --folds 5</c>: cross-validation, one job for each fold, as one group, on the lasting cluster where one is up, else on a
/// private one.</summary>
internal static class CvCommand
{
    private const int Usual = 5;

    public static Command Create()
    {
        var (file, set, json, place) = (CommandParts.JobFileArgument(), CommandParts.Set(), CommandParts.Json(), new GroupPlace());
        var folds = new Option<int>("--folds") { Description = "k: every row is held out by one of so many jobs.", DefaultValueFactory = _ => Usual };
        var command = new Command("cv", "Cross-validation: trains a job once for each of k folds, and gives the held-out figures with their mean and deviation.") { file, folds, set };
        place.AddTo(command);
        command.Options.Add(json);
        return command.DoesInterruptibly(async (result, interruption) =>
        {
            var (path, overrides, k) = (result.GetValue(file)!, result.GetValue(set) ?? [], result.GetValue(folds));
            if (k is < 2 or > Fold.Most)
            {
                throw new UserException(ExitCode.Usage, $"--folds is {k}, but must be from 2 to {Fold.Most}.");
            }

            place.Check(result);
            string[] Overrides(int fold) => [.. overrides, "data.validation.fraction=0", $"data.validation.fold={new Fold(fold, k)}"];
            Job[] jobs = [.. Enumerable.Range(1, k).Select(fold => JobCheck.Load(path, Overrides(fold)))];

            // What is wrong with one fold is said by the check of any.
            var (_, report) = await JobCheck.Run(path, Overrides(1), interruption.Token);
            var warnings = JobCheck.Warnings(report);
            JobCheck.Say(warnings, Console.Error.WriteLine);
            var table = new CvTable($"{jobs[0].Name}-cv-{RandomName.Of(length: 4)}", k);
            return await place.Use(result, table.Group, interruption, async (client, output, waiting) =>
                Say(table, await JobGroup.Run(client, table.Group, [.. jobs.Select(j => new GroupedJob(j, warnings))], output, table.Line, waiting), result.GetValue(json)));
        });
    }

    private static int Say(CvTable table, JobStatus[] all, bool json)
    {
        if (json)
        {
            JobDocument.Write(table.Document(all));
        }
        else
        {
            Console.Out.Write(table.Text(all, Terminal.OutputWidth));
        }

        return all.All(s => s.State == JobState.Completed) ? ExitCode.Done : ExitCode.JobFailed;
    }
}
