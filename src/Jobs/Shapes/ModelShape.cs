namespace Granary.Jobs;

/// <summary>Names and sizes of every parameter of a model, in the order of the flat vector, without allocating any.</summary>
public static class ModelShape
{
    /// <summary>The parameters of a model between the ends that its data gives it.</summary>
    public static IReadOnlyList<ParameterShape> Of(ModelSection model, InputShape input) => ModelKinds.Of(model).Shape(model, input);

    /// <summary>P, the number of weights.</summary>
    public static long Weights(IReadOnlyList<ParameterShape> shape) => shape.Sum(p => p.Count);
}
