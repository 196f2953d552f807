namespace Granary.Jobs;

/// <summary>Names and sizes of every parameter of a model, in the order of the flat vector, without allocating any.</summary>
public static class ModelShape
{
    /// <summary>The parameters of a model between the ends that its data gives it.</summary>
    public static IReadOnlyList<ParameterShape> Of(ModelSection model, InputShape input) => model.Kind switch
    {
        ModelKind.Logistic => LinearShape.Of(input.Features, 1),
        ModelKind.Softmax => LinearShape.Of(input.Features, input.Classes),
        ModelKind.Mlp => MlpShape.Of(model, input),
        ModelKind.Transformer => TransformerShape.Of(model, input.Classes),
        ModelKind.SkipGram => SkipGramShape.Of(model, input.Classes),
        ModelKind.Own => OwnKinds.Shape(model, input),
        _ => throw new ArgumentOutOfRangeException(nameof(model), model.Kind, null),
    };

    /// <summary>P, the number of weights.</summary>
    public static long Weights(IReadOnlyList<ParameterShape> shape) => shape.Sum(p => p.Count);
}
