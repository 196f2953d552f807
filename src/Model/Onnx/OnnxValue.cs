namespace Granary.Model.Onnx;

/// <summary>A tensor of an ONNX graph: an input, a weight, a constant or what an operator gives.</summary>
/// <param name="Name">Its name, unique in the graph.</param>
public sealed record OnnxValue(string Name);
