using System.CommandLine;
using Granary.Client.Display;
using Granary.Client.Local;
using Granary.Contracts;

namespace Granary.Client.Commands;

/// <summary><c>granary evaluate MODEL --data FILE</c>: on a private cluster, gone when the figures are there.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var (model, json) = (CommandParts.Model(), CommandParts.Json());
        var data = new Option<string>("--data") { Description = "Labelled examples, in the format that the model was trained on; a file or a glob.", Required = true };
        var labels = new Option<string?>("--labels") { Description = "idx: the labels' file (--data holds the images)." };
        var silos = new Option<int>("--silos") { Description = "Silo processes.", DefaultValueFactory = _ => 2 };
        return new Command("evaluate", "A model's loss, accuracy and confusion matrix over labelled examples.") { model, data, labels, silos, json }
            .DoesInterruptibly(async (result, interruption) =>
            {
                CommandParts.AtLeastOne("--silos", result.GetValue(silos));
                var request = new EvaluationRequest(
                    Existing(result.GetValue(model)!, "there is no model"), Data(result.GetValue(data)!),
                    result.GetValue(labels) is { } path ? Existing(path, "--labels: there is no file") : null);
                var report = await PrivateCluster.Run(LocalSettings.For(result.GetValue(silos), "none"), interruption, async (cluster, client) =>
                {
                    using var waiting = CancellationTokenSource.CreateLinkedTokenSource(interruption.Token);
                    var lost = PrivateCluster.StopWhenLost(cluster, waiting);
                    try
                    {
                        return await client.Evaluate(request, waiting.Token);
                    }
                    catch (OperationCanceledException) when (!interruption.Token.IsCancellationRequested)
                    {
                        throw new UserException(ExitCode.JobFailed, $"every silo has ended; the last one: {await lost}");
                    }
                });
                if (result.GetValue(json))
                {
                    JobDocument.Write(EvaluationText.Document(report, request, result.GetValue(silos)));
                }
                else
                {
                    await Console.Out.WriteAsync(EvaluationText.Of(report, request));
                }

                return ExitCode.Done;
            });
    }

    private static string Data(string path) => Jobs.DataFiles.IsGlob(path)
        ? Jobs.DataFiles.Expand(Path.GetFullPath(path)).Count > 0 ? Path.GetFullPath(path) : throw new UserException(ExitCode.Usage, $"--data: no file matches {path}.")
        : Directory.Exists(path) ? throw new UserException(ExitCode.Usage, $"--data: {path} is a folder, not a file.")
        : Existing(path, "--data: there is no file");

    private static string Existing(string path, string otherwise) => File.Exists(path) || Directory.Exists(path)
        ? Path.GetFullPath(path)
        : throw new UserException(ExitCode.Usage, $"{otherwise} {path}.");
}
