using static TorchSharp.torch;

namespace Granary.Model.Networks;

/// <summary>Hands out a network's parameters in the order of its shape, for networks whose options leave some out.</summary>
internal sealed class ParameterReader(IReadOnlyList<Tensor> parameters)
{
    /// <summary>Number of the next parameter.</summary>
    public int At { get; private set; }

    /// <summary>The next parameter.</summary>
    public Tensor Next() => parameters[At++];

    /// <summary>The next parameter, or null where the options leave it out.</summary>
    public Tensor? NextIf(bool present) => present ? Next() : null;
}
