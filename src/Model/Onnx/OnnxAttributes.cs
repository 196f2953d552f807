using Google.Protobuf;
using Kinds = global::Onnx.AttributeProto.Types.AttributeType;
using Proto = global::Onnx;

namespace Granary.Model.Onnx;

/// <summary>Attributes of operators: whole numbers, numbers, texts, arrays of them, and graphs within.</summary>
internal static class OnnxAttributes
{
    /// <exception cref="ArgumentException">The value is of another type.</exception>
    public static Proto.AttributeProto Of(string name, object value) => value switch
    {
        int number => new() { Name = name, Type = Kinds.Int, I = number },
        long number => new() { Name = name, Type = Kinds.Int, I = number },
        float number => new() { Name = name, Type = Kinds.Float, F = number },
        double number => new() { Name = name, Type = Kinds.Float, F = (float)number },
        string text => new() { Name = name, Type = Kinds.String, S = ByteString.CopyFromUtf8(text) },
        int[] numbers => new() { Name = name, Type = Kinds.Ints, Ints = { numbers.Select(n => (long)n) } },
        long[] numbers => new() { Name = name, Type = Kinds.Ints, Ints = { numbers } },
        float[] numbers => new() { Name = name, Type = Kinds.Floats, Floats = { numbers } },
        double[] numbers => new() { Name = name, Type = Kinds.Floats, Floats = { numbers.Select(n => (float)n) } },
        string[] texts => new() { Name = name, Type = Kinds.Strings, Strings = { texts.Select(ByteString.CopyFromUtf8) } },
        OnnxGraph graph => new() { Name = name, Type = Kinds.Graph, G = graph.Content },
        _ => throw new ArgumentException($"The attribute {name} is of type {value?.GetType().Name ?? "null"}: whole numbers, numbers, texts and arrays of them can be attributes.", nameof(value)),
    };
}
