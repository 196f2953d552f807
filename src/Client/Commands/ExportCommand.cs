using System.CommandLine;
using Granary.Client.Local;

namespace Granary.Client.Commands;

/// <summary><c>granary export MODEL --format FORMAT --output FILE</c></summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        var model = CommandParts.Model();
        var format = new Option<string>("--format") { Description = "safetensors, npz or onnx.", DefaultValueFactory = _ => "safetensors" };
        format.AcceptOnlyFromAmong("safetensors", "npz", "onnx");
        var output = new Option<string>("--output") { Description = "The file; - for standard output.", Required = true }.IsPath();
        var overwrite = CommandParts.Overwrite("the file, if there is one of that name");
        return new Command("export", "Writes a model for other programs.") { model, format, output, overwrite }.Does((result, cancellation) => SiloProgram.Run(
            [
                "export", result.GetValue(model)!, $"--format={result.GetValue(format)}", $"--output={result.GetValue(output)}",
                .. result.GetValue(overwrite) ? ["--overwrite"] : Array.Empty<string>(),
            ],
            cancellation));
    }
}
