using System.CommandLine;
using Granary.Model.Files;
using Granary.Model.Prediction;

namespace Granary.Silo.Commands;

/// <summary><c>predict MODEL --input FILE [--output FILE]</c></summary>
internal static class PredictCommand
{
    public static Command Create()
    {
        var (model, input, output) = (CommandParts.Model(), CommandParts.Required<string>("--input"), new Option<string?>("--output"));
        return new Command("predict", "Predicts every row of a CSV file or image of an IDX file.") { model, input, output }.Does(result =>
        {
            var trained = TrainedModel.Load(result.GetValue(model)!);
            var report = result.GetValue(output) is { } path
                ? PredictionTable.Write(trained, result.GetValue(input)!, path)
                : ToStandardOutput(trained, result.GetValue(input)!);
            var ignored = report.Ignored.Count > 0 ? $"; columns the model does not know: {string.Join(", ", report.Ignored.Select(c => c.Length == 0 ? "one without a name" : c))}" : "";
            Console.Error.WriteLine($"{report.Rows} rows predicted{ignored}");
        });
    }

    private static PredictionReport ToStandardOutput(TrainedModel model, string input)
    {
        using var output = Console.OpenStandardOutput();
        return PredictionTable.Write(model, input, output);
    }
}
