using Granary.Jobs;
using Granary.Model.Networks;

namespace Granary.BuiltIn;

/// <summary>Makes convolutional networks.</summary>
internal sealed class CnnKind : INetworkMaker
{
    /// <inheritdoc/>
    public string Kind => "cnn";

    /// <inheritdoc/>
    public INetwork Network(ModelSection model, InputShape input)
    {
        var network = new Cnn(model.Activation, model.Filters().Count, input.RequireImage());
        return input.IsNumber ? new CnnRegression(network, NumberLoss.Of(model))
            : input.IsMultiLabel ? new LabelNetwork(network, input.Classes)
            : network;
    }
}
