namespace Granary.Grains.Exchange;

/// <summary>The gradient sum of one subtree of shards.</summary>
/// <param name="Data">[P] numbers.</param>
/// <param name="Weight">Sum of the weights of the examples in it.</param>
internal readonly unsafe struct PartialSum<T>(T* data, double weight)
    where T : unmanaged
{
    public T* Data { get; } = data;

    public double Weight { get; } = weight;
}
