using System.Globalization;
using System.Text.Json;
using Granary.Jobs;
using Granary.Model.Data;

namespace Granary.Model.Tests.Columns;

/// <summary>The table of tests/golden/columns.py, and what scikit-learn makes of it.</summary>
internal sealed record MixedTable(double Penalty, string Training, string Held, double[][] X, double[][] Z, double[] W, double B, double[] Probability, Dictionary<string, double> Figures)
{
    /// <summary>As the file has it.</summary>
    public static MixedTable Golden { get; } = JsonSerializer.Deserialize<MixedTable>(
        File.ReadAllText(Python.Golden("columns.json")), JsonSerializerOptions.Web)!;

    /// <summary>The columns as the script treats them.</summary>
    public static ColumnsSection Columns { get; } = new(false, new Dictionary<string, ColumnSection>
    {
        ["age"] = new() { Kind = "numeric", Scale = ColumnScale.Standard, Missing = MissingRule.Mean },
        ["income"] = new() { Kind = "numeric", Scale = ColumnScale.Robust, Missing = MissingRule.Median, Clip = [5000, 90000] },
        ["score"] = new() { Kind = "numeric", Scale = ColumnScale.MinMax, Missing = MissingRule.Constant, Fill = "0.5" },
        ["city"] = new() { Kind = "categorical", Missing = MissingRule.Slot },
        ["code"] = new() { Kind = "categorical", Buckets = 16 },
        ["member"] = new() { Kind = "boolean" },
        ["joined"] = new() { Kind = "date", Missing = MissingRule.Mean },
        ["note"] = new() { Kind = "text", Buckets = 32, Ngrams = 2, Missing = MissingRule.Constant, Fill = "" },
    });

    /// <summary>A job on it.</summary>
    public static Job Job(string path, int shards, ColumnsSection? columns = null) => new(
        1,
        "mixed",
        new ModelSection { Kind = "logistic", Precision = Precision.Float64 },
        new DataSection { Format = "csv", Path = path, Label = "y", Target = LabelTarget.Classes, Shards = shards, Columns = columns ?? Columns },
        new TrainingSection { Epochs = 1, Batch = 1 });

    /// <summary>The features of every row of a source, in its order.</summary>
    public static double[][] Features(Job job, DataFacts facts) => [.. Enumerable.Range(0, job.Data.Shards).SelectMany(v =>
        ShardData.Read(job, new SourcePart(job.Data.Path, null, v, job.Data.Shards)).Labelled!.Described!.Preview(facts.Table!, int.MaxValue))];

    /// <summary>A column of the training part; null where it is missing.</summary>
    public static double?[] Column(string name)
    {
        var lines = Golden.Training.TrimEnd().Split('\n');
        var at = Array.IndexOf(lines[0].Split(','), name);
        return [.. lines[1..].Select(l => double.TryParse(l.Split(',')[at], CultureInfo.InvariantCulture, out var x) ? x : (double?)null)];
    }
}
