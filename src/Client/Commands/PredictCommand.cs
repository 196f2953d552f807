using System.CommandLine;
using Granary.Client.Local;
using Granary.Client.Predictions;

namespace Granary.Client.Commands;

/// <summary><c>granary predict MODEL --input FILE [--output FILE]</c></summary>
internal static class PredictCommand
{
    public static Command Create()
    {
        var model = CommandParts.Model();
        var input = new Option<string>("--input")
        {
            Description = "A CSV or Parquet file or JSON lines, or a folder or glob of them, whose columns are matched by name; for a model of images an IDX file, or a PNG or JPEG file, a folder or a glob of them, as it was trained; of LIBSVM such lines. It may be a pipe, or - for standard input, but not for Parquet and image files.",
            Required = true,
        }.IsPath();
        var output = new Option<string?>("--output") { Description = "A file for the predictions (default: -, standard output)." }.IsPath();
        var format = new Option<string?>("--format") { Description = "csv; jsonl, a JSON object a line; or parquet (default: as the output's name says; csv)." };
        format.AcceptOnlyFromAmong("csv", "jsonl", "parquet");
        var explain = new Option<bool>("--explain")
        {
            Description = "Linear models (logistic, softmax, linear): also what each column adds to the score; bias and contributions add up to it.",
        };
        var silos = new Option<int?>("--silos")
        {
            Description = "Silo processes of the command's own that predict parts of the input at once (default: none, this machine's one process does). The output is the same; a command that was interrupted goes on where it was.",
        };
        var (cluster, home) = (WhichSilos.Cluster(), CommandParts.Home());
        var overwrite = CommandParts.Overwrite("the file, if there is one of that name");
        return new Command("predict", "Predicts the class, or the number, of every row of a table, or of every image of an IDX file or a folder.") { model, input, output, format, explain, silos, cluster, overwrite, home }.DoesInterruptibly(async (result, interruption) =>
        {
            if (WhichSilos.Of(result, silos, cluster, home) is { } which)
            {
                return await new ClusterPrediction(
                    result.GetValue(model)!, result.GetValue(input)!, result.GetValue(output), result.GetValue(format), result.GetValue(explain), result.GetValue(overwrite), which).Run(interruption);
            }

            using var atOnce = interruption.Again.Register(() => Environment.Exit(ExitCode.Interrupted));
            string[] to = result.GetValue(output) is { } path ? [$"--output={path}"] : [];
            string[] how = result.GetValue(format) is { } name ? [$"--format={name}"] : [];
            string[] why = result.GetValue(explain) ? ["--explain"] : [];
            string[] over = result.GetValue(overwrite) ? ["--overwrite"] : [];
            return await SiloProgram.Run(["predict", result.GetValue(model)!, $"--input={result.GetValue(input)}", .. to, .. how, .. why, .. over], interruption.Token);
        });
    }
}
