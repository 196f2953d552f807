using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Granary.Samples;

/// <summary>What the model says of a row: a class and each class's probability (or output), or a number.</summary>
public sealed record Answer(string? Label, IReadOnlyDictionary<string, double>? Values, double? Number);

/// <summary>A model of a table with named columns, in an ONNX file that Granary exported. Several threads may use it at once.</summary>
/// <remarks>N rows, D columns, K classes.</remarks>
public sealed class TableModel : IDisposable
{
    private const string Input = "features";

    private readonly InferenceSession _session;
    private readonly IReadOnlyDictionary<string, string> _about;

    private TableModel(InferenceSession session)
    {
        (_session, _about) = (session, session.ModelMetadata.CustomMetadataMap);
        (Columns, Classes) = (List("granary.columns"), List("granary.classes"));
    }

    public string Kind => _about["granary.kind"];

    public string WeightsSha256 => _about["granary.weightsSha256"];

    public IReadOnlyList<string> Columns { get; }

    /// <summary>Empty of a regression.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <exception cref="InvalidDataException">The file is no such model.</exception>
    public static TableModel Load(string path)
    {
        var session = new InferenceSession(path); // names the file where it cannot be read
        var about = session.ModelMetadata.CustomMetadataMap;
        return about.ContainsKey("granary.columns") && session.InputMetadata.ContainsKey(Input)
            ? new TableModel(session)
            : throw new InvalidDataException($"{path}: this sample takes models that Granary exported and that have one input, {Input}: not those whose job describes its columns (data.columns), nor of texts or words.");
    }

    /// <summary>What is wrong with rows; null: nothing.</summary>
    public string? Refuses(IReadOnlyList<IReadOnlyDictionary<string, double?>> rows)
    {
        if (rows.Count == 0)
        {
            return "There are no rows.";
        }

        for (var i = 0; i < rows.Count; i++)
        {
            if (rows[i] is null)
            {
                return $"Row {i + 1} is null.";
            }

            if (rows[i].Keys.FirstOrDefault(k => !Columns.Contains(k)) is { } other)
            {
                return $"Row {i + 1} has a column '{other}', which the model does not know. It has {string.Join(", ", Columns)}.";
            }

            if (!FillsMissing && Columns.FirstOrDefault(c => rows[i].GetValueOrDefault(c) is null) is { } missing)
            {
                return $"Row {i + 1} has no value for '{missing}'.";
            }
        }

        return null;
    }

    public IReadOnlyList<Answer> Predict(IReadOnlyList<IReadOnlyDictionary<string, double?>> rows)
    {
        double[] values = [.. rows.SelectMany(row => Columns.Select(c => row.GetValueOrDefault(c) ?? double.NaN))]; // [N, D]
        int[] dims = [rows.Count, Columns.Count];
        var input = _session.InputMetadata[Input].ElementType == typeof(double) // of models that were trained in float64
            ? NamedOnnxValue.CreateFromTensor(Input, new DenseTensor<double>(values, dims))
            : NamedOnnxValue.CreateFromTensor(Input, new DenseTensor<float>(values.Select(v => (float)v).ToArray(), dims));
        using var outputs = _session.Run([input]);
        if (Classes.Count == 0)
        {
            return [.. Numbers(outputs.Single()).Select(y => new Answer(null, null, y))]; // prediction [N, 1]
        }

        var labels = outputs.Single(o => o.Name == "label").AsEnumerable<string>(); // [N]
        var chances = Numbers(outputs.Single(o => o.Name != "label")).Chunk(Classes.Count); // [N, K]
        return [.. labels.Zip(chances, (label, of) => new Answer(label, Classes.Zip(of).ToDictionary(c => c.First, c => c.Second), null))];
    }

    public void Dispose() => _session.Dispose();

    private bool FillsMissing => _about.GetValueOrDefault("granary.missing") == "filled";

    private string[] List(string key) => JsonSerializer.Deserialize<string[]>(_about[key])!;

    private static IEnumerable<double> Numbers(DisposableNamedOnnxValue output) =>
        output.Value is Tensor<double> wide ? wide : output.AsEnumerable<float>().Select(x => (double)x);
}
