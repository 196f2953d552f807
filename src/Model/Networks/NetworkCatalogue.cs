using Granary.Jobs;
using Granary.Model.Custom;
using Granary.Model.Kernels;

namespace Granary.Model.Networks;

/// <summary>Every kind of network by name.</summary>
public static class NetworkCatalogue
{
    /// <summary>The network a job describes. Nothing is computed with it on kernels that are wrong.</summary>
    /// <exception cref="JobException">No kernels are right on this machine.</exception>
    public static INetwork Create(ModelSection model, InputShape input)
    {
        TorchKernels.Require();
        return Make(model, input);
    }

    private static INetwork Make(ModelSection model, InputShape input) => model.Kind switch
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
