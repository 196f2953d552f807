using Google.Protobuf;
using Granary.Jobs;
using Granary.Model.Files;
using Granary.Model.Networks;
using Proto = global::Onnx;

namespace Granary.Model.Onnx;

/// <summary>A model as an ONNX file (https://onnx.ai): the network, with all that predict does before and after it.</summary>
internal static class OnnxFile
{
    private const long MostBytes = int.MaxValue - (1L << 26); // protobuf's own limit, and room for names and vocabulary
    private static readonly string Version = typeof(OnnxFile).Assembly.GetName().Version!.ToString(3);

    /// <summary>Writes a model.</summary>
    /// <returns>What goes in and comes out, for people.</returns>
    /// <exception cref="JobException">It is too large, or its kind cannot be exported.</exception>
    public static string Write(TrainedModel model, Stream output)
    {
        var (made, needs) = Make(model);
        made.WriteTo(output);
        var (inputs, outputs) = (made.Graph.Input.Select(OnnxTypes.Describe), made.Graph.Output.Select(OnnxTypes.Describe));
        return $"{needs}, {string.Join(", ", inputs)} -> {string.Join(", ", outputs)}";
    }

    private static (Proto.ModelProto File, string Needs) Make(TrainedModel model)
    {
        var bytes = (long)model.Weights.Length * (model.Model.Precision == Precision.Float64 ? sizeof(double) : sizeof(float));
        if (bytes > MostBytes)
        {
            throw new JobException($"{model.Name}: it has {Plural.Of(model.Weights.Length, "weight")} of {Quantity.OfBytes(bytes)}, and an ONNX file holds 2 GiB at most: export it as safetensors.");
        }

        var graph = Graph(model);
        var made = new Proto.ModelProto { ProducerName = "Granary", ProducerVersion = Version, Graph = graph.Content };
        var needs = OnnxOpsets.Set(made, graph, model.Name);
        made.MetadataProps.AddRange(OnnxMetadata.Of(model).Select(m => new Proto.StringStringEntryProto { Key = m.Key, Value = m.Value }));
        return (made, needs);
    }

    private static OnnxGraph Graph(TrainedModel model)
    {
        var network = NetworkCatalogue.Of(model.Model).Network(model.Model, model.Facts.Shape);
        var onnx = network.Onnx ?? throw new JobException(
            $"{model.Name}: a {model.Model.Kind} cannot be exported as onnx: its network does not say how (IOnnxNetwork). Export it as safetensors or npz.");
        var graph = new OnnxGraph(model.Model.Kind, model.Model.Precision);
        var rows = model.Facts.Shape.Features > 0 ? RowInputs.Add(graph, model) : null; // before the weights, so that a column keeps its name
        var parameters = Parameters(graph, model);
        switch (ModelKinds.Of(model.Model).Examples)
        {
            case ExampleKind.Windows:
                TextEnds.Add(graph, model, onnx, parameters);
                break;
            case ExampleKind.Pairs:
                WordEnds.Add(graph, model, onnx, parameters);
                break;
            default:
                RowOutputs.Add(graph, model, network, onnx, onnx.Outputs(graph, parameters, rows!));
                break;
        }

        graph.LeaveOutUnused();
        return graph;
    }

    private static List<OnnxValue> Parameters(OnnxGraph graph, TrainedModel model)
    {
        var (values, at) = (new List<OnnxValue>(), 0);
        foreach (var shape in model.Shape)
        {
            values.Add(graph.Parameter(shape, model.Weights.AsSpan(at, (int)shape.Count)));
            at += (int)shape.Count;
        }

        return values;
    }
}
