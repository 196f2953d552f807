using System.CommandLine;
using Granary.Client.Display;
using Granary.Client.Local;
using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Client.Commands;

/// <summary><c>granary evaluate MODEL --data FILE</c>: on a private cluster, gone when the figures are there.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var (model, json) = (CommandParts.Model(), CommandParts.Json());
        var data = new Option<string>("--data") { Description = "Labelled examples, in the format that the model was trained on; a file, a folder or a glob.", Required = true }.IsPath();
        var labels = new Option<string?>("--labels") { Description = "idx: the labels' file (--data holds the images)." }.IsPath();
        var silos = new Option<int>("--silos") { Description = "Silo processes.", DefaultValueFactory = _ => 2 };
        return new Command("evaluate", "A model's loss, accuracy and confusion matrix over labelled examples, or a regression's errors.") { model, data, labels, silos, json }
            .DoesInterruptibly(async (result, interruption) =>
            {
                CommandParts.AtLeastOne("--silos", result.GetValue(silos));
                var request = new EvaluationRequest(
                    Existing(result.GetValue(model)!, "there is no model"), Readable("--data", result.GetValue(data)!, DataFiles.Refusal(result.GetValue(data)!, isTable: false)),
                    result.GetValue(labels) is { } path ? Readable("--labels", path, FileKinds.Refusal(path)) : null);
                var report = await PrivateCluster.Run(LocalSettings.For(result.GetValue(silos), "none"), interruption, async (_, client, waiting) =>
                {
                    using var narrator = Narrator.OfThisProcess();
                    narrator.Doing($"evaluating {result.GetValue(model)} over {result.GetValue(data)}");
                    return await client.EvaluateAsync(request, waiting);
                });
                if (result.GetValue(json))
                {
                    JobDocument.Write(EvaluationText.Document(report, request, result.GetValue(silos)));
                }
                else
                {
                    await Console.Out.WriteAsync(EvaluationText.Of(report, request, Terminal.OutputWidth));
                }

                return ExitCode.Done;
            });
    }

    private static string Readable(string option, string path, string? refusal) => refusal is null
        ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))
        : throw new UserException(ExitCode.Usage, $"{option}: {refusal}");

    private static string Existing(string path, string otherwise) => File.Exists(path) || Directory.Exists(path)
        ? Path.GetFullPath(path)
        : throw new UserException(ExitCode.Usage, $"{otherwise} {path}.");
}
