using Granary.Jobs;
using Granary.Model.Own;

namespace Granary.Model.Networks;

/// <summary>Every kind of network by name.</summary>
public static class NetworkCatalogue
{
    /// <summary>The network a job describes.</summary>
    public static INetwork Create(ModelSection model, InputShape input) => model.Kind switch
    {
        ModelKind.Logistic => new LogisticRegression(),
        ModelKind.Softmax => new SoftmaxRegression(),
        ModelKind.Mlp => new Mlp(model.Activation, model.Loss, input.Classes),
        ModelKind.Transformer => new Transformer(model),
        ModelKind.SkipGram => new SkipGram(model.Negatives),
        ModelKind.Own => new OwnNetwork(model, input),
        _ => throw new ArgumentOutOfRangeException(nameof(model), model.Kind, null),
    };
}
