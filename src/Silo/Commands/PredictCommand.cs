using System.CommandLine;
using Granary.Jobs;
using Granary.Model.Files;
using Granary.Model.Prediction;

namespace Granary.Silo.Commands;

/// <summary><c>predict MODEL --input FILE [--output FILE]</c></summary>
internal static class PredictCommand
{
    public static Command Create()
    {
        var (model, input) = (CommandParts.Model(), CommandParts.Required<string>("--input"));
        var (output, overwrite) = (new Option<string?>("--output"), new Option<bool>("--overwrite"));
        var format = new Option<PredictionFormat?>("--format") { Description = "csv, jsonl (a JSON object a line) or parquet; as the output's name says" };
        var explain = new Option<bool>("--explain") { Description = "linear models: what each column adds to the score" };
        return new Command("predict", "Predicts every row of a table (CSV, Parquet, JSON lines, LIBSVM), or image of an IDX file or a folder.") { model, input, output, format, explain, overwrite }.Does(result =>
        {
            var trained = TrainedModel.Load(result.GetValue(model)!);
            var path = result.GetValue(output);
            var report = path is not null
                ? PredictionTable.Write(trained, result.GetValue(input)!, path, result.GetValue(overwrite), result.GetValue(format), result.GetValue(explain))
                : ToStandardOutput(trained, result.GetValue(input)!, result.GetValue(format) ?? PredictionFormat.Csv, result.GetValue(explain));
            if (report.Ignored.Count > 0)
            {
                Console.Error.WriteLine($"columns the model does not know are left out: {string.Join(", ", report.Ignored.Select(c => c.Length == 0 ? "one without a name" : c))}");
            }

            foreach (var unseen in report.Unseen)
            {
                Console.Error.WriteLine(unseen);
            }

            // Where the predictions themselves are on standard output, they are alone there.
            (path is null || OutputFile.IsStandardOutput(path) ? Console.Error : Console.Out).WriteLine($"{(path is null ? "" : path + ": ")}{Plural.Of(report.Rows, "row")} predicted");
        });
    }

    private static PredictionReport ToStandardOutput(TrainedModel model, string input, PredictionFormat format, bool explain)
    {
        using var output = OutputFile.StandardOutput();
        return PredictionTable.Write(model, input, output, format, explain);
    }
}
