using System.CommandLine;
using Granary.Jobs;
using Granary.Model.Files;

namespace Granary.Silo.Commands;

/// <summary><c>export MODEL --format FORMAT --output FILE</c></summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        var (model, format) = (CommandParts.Model(), CommandParts.Required<ExportFormat>("--format"));
        var (output, overwrite) = (CommandParts.Required<string>("--output"), new Option<bool>("--overwrite"));
        return new Command("export", "Writes a model for other programs.") { model, format, output, overwrite }.Does(result =>
        {
            var trained = TrainedModel.Load(result.GetValue(model)!);
            var written = ModelExport.Write(trained, result.GetValue(format), result.GetValue(output)!, result.GetValue(overwrite));
            (OutputFile.IsStandardOutput(result.GetValue(output)!) ? Console.Error : Console.Out).WriteLine($"{result.GetValue(output)}: {written}");
        });
    }
}
