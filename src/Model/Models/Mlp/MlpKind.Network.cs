using Granary.Jobs;
using Granary.Model.Networks;

namespace Granary.BuiltIn;

/// <summary>Makes multi-layer perceptrons.</summary>
internal sealed class MlpKind : INetworkMaker
{
    /// <inheritdoc/>
    public string Kind => "mlp";

    /// <inheritdoc/>
    public INetwork Network(ModelSection model, InputShape input)
    {
        var embedded = EmbeddedInputs.Of(input);
        return input.IsNumber
            ? new MlpRegression(model.Activation, NumberLoss.Of(model), embedded)
            : input.IsMultiLabel ? new LabelNetwork(new Mlp(model.Activation, Loss.CrossEntropy, input.Classes, embedded), input.Classes)
            : new Mlp(model.Activation, model.Loss, input.Classes, embedded);
    }

    // What training may never see says nothing until it has learnt something.

    /// <inheritdoc/>
    public void Start<T>(Job job, InputShape input, Span<T> flat)
        where T : unmanaged
    {
        var end = 0;
        foreach (var embedded in input.Embedded ?? [])
        {
            end += checked(embedded.Entries * embedded.Width);
            flat[(end - (embedded.Slots * embedded.Width))..end].Clear();
        }
    }
}
