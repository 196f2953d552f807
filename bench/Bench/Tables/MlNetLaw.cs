using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Bench.Measuring;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Microsoft.ML.Transforms;

namespace Granary.Bench.Tables;

/// <summary>ML.NET's linear model of a generated table: by L-BFGS or by SDCA, with the penalty that all sides have. Prints the seconds from opening the
/// file to the fitted model, and writes the predictions for the rows held out.</summary>
internal static class MlNetLaw
{
    /// <summary>The trainers as they are by default, but for the penalty.</summary>
    public const string Lbfgs = "lbfgs", Sdca = "sdca";

    /// <summary>L-BFGS that stops earlier, and SDCA that stops later, so that both end about as near to the optimum as the other sides do.</summary>
    public const string ShortLbfgs = "lbfgs-short", LongSdca = "sdca-long";

    private const float ShortTolerance = 1e-5f; // by default 1e-7
    private const float LongTolerance = 0.01f; // by default 0.1

    private const string FeatureColumn = "Features", LabelColumn = "Label", Numbers = "Numbers", Gaps = "Gaps", Elapsed = "Elapsed", Month = "Month", Weekday = "Weekday";

    /// <param name="path">What is told of the table.</param>
    /// <param name="trainer">Which of them.</param>
    public static void Run(string path, string trainer)
    {
        var spec = JsonNode.Parse(File.ReadAllText(path))!;
        var (kind, rows, penalty) = (Text(spec, "kind"), spec["rows"]!.GetValue<int>(), spec["penalty"]!.GetValue<double>());
        var began = Stopwatch.GetTimestamp();
        var ml = new MLContext(1);
        var columns = spec["columns"]!.AsArray().Select((c, i) => (Name: Text(c!, "name"), Form: Text(c!, "form"), Gaps: c!["gaps"]!.GetValue<bool>(), At: i)).ToArray();
        int[] Of(string form, bool gaps = false) => [.. columns.Where(c => c.Form == form && (c.Gaps || !gaps)).Select(c => c.At)];
        List<string> Named(string form) => [.. columns.Where(c => c.Form == form).Select(c => c.Name)];
        var options = new TextLoader.Options { HasHeader = true, Separators = [','], MissingRealsAsNaNs = true, Columns = [.. Loaded()] };
        var data = ml.Data.Cache(ml.Data.LoadFromTextFile(Text(spec, "train"), options)); // else each step reads the file anew

        var (categories, booleans) = (Named("category"), Named("boolean"));
        IEstimator<ITransformer> features = ml.Transforms.ReplaceMissingValues(Numbers, Numbers, MissingValueReplacingEstimator.ReplacementMode.Mean);
        features = features.Append(ml.Transforms.NormalizeMeanVariance(Numbers, maximumExampleCount: rows, fixZero: false));
        features = features.Append(ml.Transforms.Conversion.ConvertType([.. booleans.Select(b => new InputOutputColumnPair(b))], DataKind.Single));
        List<string> parts = [Numbers, .. booleans];
        if (Of("number", gaps: true).Length > 0)
        {
            features = features.Append(ml.Transforms.IndicateMissingValues(Gaps)).Append(ml.Transforms.Conversion.ConvertType(Gaps, outputKind: DataKind.Single));
            parts.Add(Gaps);
        }

        if (Of("date").Length > 0)
        {
            features = features.Append(ml.Transforms.CustomMapping<Dated, DateParts>((from, to) => to.Take(from.Date), null))
                .Append(ml.Transforms.NormalizeMeanVariance(Elapsed, maximumExampleCount: rows, fixZero: false));
            categories.AddRange([Month, Weekday]);
            parts.Add(Elapsed);
        }

        features = features.Append(ml.Transforms.Categorical.OneHotEncoding([.. categories.Select(c => new InputOutputColumnPair(c))]));
        if (kind == "number")
        {
            features = features.Append(ml.Transforms.NormalizeMeanVariance(LabelColumn, maximumExampleCount: rows, fixZero: false));
        }

        var chain = features.Append(ml.Transforms.Concatenate(FeatureColumn, [.. parts, .. categories])).AppendCacheCheckpoint(ml);
        var fitted = chain.Append(Trainer()).Fit(data);
        var (seconds, peak) = (Stopwatch.GetElapsedTime(began).TotalSeconds, PeakMemory.Greatest(Environment.ProcessId)); // before it predicts

        var held = ml.Data.LoadFromTextFile(Text(spec, "heldOut"), options);
        var predicted = fitted.Transform(held).GetColumn<float>(kind == "class" ? "Probability" : "Score").Select(p => (double)p).ToArray();
        if (kind == "number")
        {
            var labels = ml.Data.LoadFromTextFile(Text(spec, "train"), options).GetColumn<float>(LabelColumn).Select(l => (double)l).ToArray();
            var mean = labels.Average();
            var deviation = Math.Sqrt(labels.Average(l => (l - mean) * (l - mean)));
            predicted = [.. predicted.Select(p => mean + (deviation * p))];
        }

        File.WriteAllLines(Text(spec, "predictions"), predicted.Select(p => p.ToString("R", CultureInfo.InvariantCulture)));
        Console.Out.WriteLine(new JsonObject { ["seconds"] = seconds, ["peak"] = peak }.ToJsonString());

        IEnumerable<TextLoader.Column> Loaded()
        {
            yield return new TextLoader.Column(LabelColumn, kind == "class" ? DataKind.Boolean : DataKind.Single, columns.Length);
            yield return new TextLoader.Column(Numbers, DataKind.Single, Ranges(Of("number")));
            if (Of("number", gaps: true) is { Length: > 0 } gaps)
            {
                yield return new TextLoader.Column(Gaps, DataKind.Single, Ranges(gaps));
            }

            foreach (var column in columns.Where(c => c.Form != "number"))
            {
                yield return column.Form switch
                {
                    "category" => new TextLoader.Column(column.Name, DataKind.String, column.At),
                    "boolean" => new TextLoader.Column(column.Name, DataKind.Boolean, column.At),
                    _ => new TextLoader.Column(nameof(Dated.Date), DataKind.DateTime, column.At),
                };
            }
        }

        IEstimator<ITransformer> Trainer() => (kind, trainer) switch
        {
            ("class", Lbfgs) => ml.BinaryClassification.Trainers.LbfgsLogisticRegression(
                new LbfgsLogisticRegressionBinaryTrainer.Options { L1Regularization = 0, L2Regularization = (float)penalty }),
            ("class", ShortLbfgs) => ml.BinaryClassification.Trainers.LbfgsLogisticRegression(
                new LbfgsLogisticRegressionBinaryTrainer.Options { L1Regularization = 0, L2Regularization = (float)penalty, OptimizationTolerance = ShortTolerance }),
            ("count", Lbfgs) => ml.Regression.Trainers.LbfgsPoissonRegression(
                new LbfgsPoissonRegressionTrainer.Options { L1Regularization = 0, L2Regularization = (float)penalty }),
            ("class", LongSdca) => ml.BinaryClassification.Trainers.SdcaLogisticRegression(new SdcaLogisticRegressionBinaryTrainer.Options
            {
                L1Regularization = 0,
                L2Regularization = (float)(penalty / rows),
                ConvergenceTolerance = LongTolerance,
            }),
            ("class", _) => ml.BinaryClassification.Trainers.SdcaLogisticRegression(l1Regularization: 0, l2Regularization: (float)(penalty / rows)),
            _ => ml.Regression.Trainers.Sdca(l1Regularization: 0, l2Regularization: (float)(2 * penalty / rows)),
        };
    }

    private static string Text(JsonNode node, string key) => node[key]!.GetValue<string>();

    private static TextLoader.Range[] Ranges(int[] columns) => [.. columns.Select(c => new TextLoader.Range(c))];

    private sealed class Dated
    {
        public DateTime Date { get; set; }
    }

    private sealed class DateParts
    {
        public float Elapsed { get; set; }

        public string Month { get; set; } = "";

        public string Weekday { get; set; } = "";

        public void Take(DateTime date)
        {
            Elapsed = (float)(date - DateTime.UnixEpoch).TotalDays;
            (Month, Weekday) = (Names[date.Month], Names[(int)date.DayOfWeek]);
        }

        // Made once: a row makes no text.
        private static readonly string[] Names = [.. Enumerable.Range(0, 13).Select(i => i.ToString(CultureInfo.InvariantCulture))];
    }
}
