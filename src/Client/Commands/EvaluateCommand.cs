using System.CommandLine;
using System.Text;
using Granary.Client.Display;
using Granary.Client.Report;
using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Client.Commands;

/// <summary><c>granary evaluate MODEL --data FILE</c>: on a private cluster, gone when the figures are there, or on the lasting one.</summary>
internal static class EvaluateCommand
{
    private const int MostRepeats = 1000;
    private const int UsualSilos = 2;

    public static Command Create()
    {
        var (model, json) = (CommandParts.Model(), CommandParts.Json());
        var data = new Option<string>("--data") { Description = "Labelled examples, in the format that the model was trained on; a file, a folder or a glob.", Required = true }.IsPath();
        var labels = new Option<string?>("--labels") { Description = "idx: the labels' file (--data holds the images)." }.IsPath();
        var silos = new Option<int?>("--silos") { Description = $"Silo processes of the command's own (default: {UsualSilos})." };
        var (cluster, home) = (WhichSilos.Cluster(), CommandParts.Home());
        var importance = new Option<int?>("--importance")
        {
            Description = $"Also how much each column matters: how much worse the figures are when its values are permuted among all rows; how often it is (default: {ImportanceQuestion.UsualRepeats}).",
            Arity = ArgumentArity.ZeroOrOne,
            HelpName = "repeats",
        };
        var seed = new Option<long>("--seed") { Description = "--importance: the same seed gives the same permutations.", DefaultValueFactory = _ => 1 };
        var page = new Option<string?>("--report")
        {
            Description = "An HTML file for the figures with their curves: ROC, precision-recall, calibration, confusion matrix; of a regression predictions against truths, and residuals. It needs no network.",
        }.IsPath();
        var overwrite = CommandParts.Overwrite("the report, if there is a file of that name");
        return new Command("evaluate", "A classifier's figures over labelled examples (precision, recall, areas, calibration, confusion matrix), a regression's errors, or a text's perplexity.")
        {
            model, data, labels, silos, cluster, importance, seed, page, overwrite, home, json,
        }
            .DoesInterruptibly(async (result, interruption) =>
            {
                var which = WhichSilos.Of(result, silos, cluster, home) ?? new WhichSilos(UsualSilos, "");
                var request = new EvaluationRequest(
                    Existing(result.GetValue(model)!, "there is no model"), Readable("--data", result.GetValue(data)!, DataFiles.Refusal(result.GetValue(data)!, isTable: false)),
                    result.GetValue(labels) is { } images ? Readable("--labels", images, FileKinds.Refusal(images)) : null,
                    result.GetResult(importance) is { Implicit: false } ? Importance(result.GetValue(importance), result.GetValue(seed)) : null);
                using var file = result.GetValue(page) is { } path ? Report(path, result.GetValue(overwrite), request) : null; // made sure of before anything is computed
                var report = await which.Use(interruption, async (client, waiting) =>
                {
                    using var narrator = Narrator.OfThisProcess();
                    narrator.Doing($"evaluating {result.GetValue(model)} over {result.GetValue(data)}");
                    return await client.EvaluateAsync(request, waiting);
                });
                if (file is not null)
                {
                    await file.Content.WriteAsync(Encoding.UTF8.GetBytes(ReportPage.Of(report, request)), interruption.Token);
                    file.Finish();
                }

                if (result.GetValue(json))
                {
                    JobDocument.Write(EvaluationText.Document(report, request, which.Own));
                }
                else
                {
                    await Console.Out.WriteAsync(EvaluationText.Of(report, request, Terminal.OutputWidth));
                }

                return ExitCode.Done;
            });
    }

    private static ImportanceQuestion Importance(int? repeats, long seed) => repeats is < 1 or > MostRepeats
        ? throw new UserException(ExitCode.Usage, $"--importance is {repeats}, but must be from 1 to {MostRepeats}.")
        : new ImportanceQuestion(repeats ?? ImportanceQuestion.UsualRepeats, seed);

    private static OutputFile Report(string path, bool overwrite, EvaluationRequest request) => OutputFile.IsStandardOutput(path)
        ? throw new UserException(ExitCode.Usage, "--report: the figures go to standard output: name a file.")
        : new OutputFile(path, overwrite, [
            Directory.Exists(request.Model) ? Path.Combine(request.Model, "model.safetensors") : request.Model, .. DataFiles.Expand(request.Data),
            .. request.Labels is { } labels ? new[] { labels } : []]);

    private static string Readable(string option, string path, string? refusal) => refusal is null
        ? UserPath.Absolute(path, Environment.CurrentDirectory)
        : throw new UserException(ExitCode.Usage, $"{option}: {refusal}");

    private static string Existing(string path, string otherwise) => StoredPath.Is(path) || File.Exists(path) || Directory.Exists(path)
        ? UserPath.Absolute(path, Environment.CurrentDirectory)
        : throw new UserException(ExitCode.Usage, $"{otherwise} {path}.");
}
