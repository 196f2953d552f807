using Granary.Jobs;
using Granary.Model.Networks;

namespace Granary.BuiltIn;

/// <summary>Makes multi-layer perceptrons.</summary>
internal sealed class MlpKind : INetworkMaker
{
    /// <inheritdoc/>
    public string Kind => "mlp";

    /// <inheritdoc/>
    public INetwork Network(ModelSection model, InputShape input) => input.IsNumber
        ? new MlpRegression(model.Activation, NumberLoss.Of(model))
        : input.IsMultiLabel ? new LabelNetwork(new Mlp(model.Activation, Loss.CrossEntropy, input.Classes), input.Classes)
        : new Mlp(model.Activation, model.Loss, input.Classes);
}
