using static TorchSharp.torch;

namespace Granary.Model.Networks;

/// <summary>Hands out a network's parameters in the order of its shape, for networks whose options leave some out.</summary>
/// <typeparam name="T">What a parameter is: a tensor of torch, or a value of a graph.</typeparam>
internal class ParameterReader<T>(IReadOnlyList<T> parameters)
    where T : class
{
    /// <summary>Number of the next parameter.</summary>
    public int At { get; private set; }

    /// <summary>The next parameter.</summary>
    public T Next() => parameters[At++];

    /// <summary>The next parameter, or null where the options leave it out.</summary>
    public T? NextIf(bool present) => present ? Next() : null;
}

/// <summary>The same of torch's tensors.</summary>
internal sealed class ParameterReader(IReadOnlyList<Tensor> parameters) : ParameterReader<Tensor>(parameters);
