using System.CommandLine;
using Granary.Client.Local;

namespace Granary.Client.Commands;

/// <summary><c>granary predict MODEL --input FILE [--output FILE]</c></summary>
internal static class PredictCommand
{
    public static Command Create()
    {
        var model = CommandParts.Model();
        var input = new Option<string>("--input")
        {
            Description = "A CSV file, folder or glob, whose columns are matched by name; for a model of images an IDX file of images. It may be a pipe, or - for standard input.",
            Required = true,
        }.IsPath();
        var output = new Option<string?>("--output") { Description = "A CSV file for the predictions (default: -, standard output)." }.IsPath();
        var overwrite = CommandParts.Overwrite("the file, if there is one of that name");
        return new Command("predict", "Predicts the class, or the number, of every row of a CSV file, or of every image of an IDX file.") { model, input, output, overwrite }.Does((result, cancellation) =>
        {
            string[] to = result.GetValue(output) is { } path ? [$"--output={path}"] : [];
            string[] over = result.GetValue(overwrite) ? ["--overwrite"] : [];
            return SiloProgram.Run(["predict", result.GetValue(model)!, $"--input={result.GetValue(input)}", .. to, .. over], cancellation);
        });
    }
}
