using System.Diagnostics;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace Granary.Bench.Tables;

/// <summary>ML.NET's logistic regression by L-BFGS on a CSV file, without the penalties that it adds by default: they would keep it from
/// the optimum. Prints the seconds from opening the file to the fitted model, and the model.</summary>
internal static class MlNetPart
{
    private const string FeatureColumn = "Features";

    public static void Run(string path)
    {
        var began = Stopwatch.GetTimestamp();
        var ml = new MLContext(1);
        var data = ml.Data.LoadFromTextFile(path, new TextLoader.Options
        {
            HasHeader = true,
            Separators = [','],
            Columns =
            [
                new TextLoader.Column(FeatureColumn, DataKind.Single, 0, GeneratedTable.Features - 1),
                new TextLoader.Column("Label", DataKind.Boolean, GeneratedTable.Features),
            ],
        });
        var trainer = ml.BinaryClassification.Trainers.LbfgsLogisticRegression(new LbfgsLogisticRegressionBinaryTrainer.Options
        {
            L1Regularization = 0,
            L2Regularization = 0,
        });
        var model = trainer.Fit(ml.Data.Cache(data)).Model.SubModel;
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        Console.Out.WriteLine(JsonSerializer.Serialize(new { seconds, model = model.Weights.Append(model.Bias).Select(w => (double)w) }));
    }
}
