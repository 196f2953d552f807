namespace Granary.Model.Files;

/// <summary>One tensor as a safetensors header describes it.</summary>
/// <param name="Name">Dotted name.</param>
/// <param name="Type">F16, BF16, F32, F64, or one that holds no floating-point numbers.</param>
/// <param name="Dims">Sizes, row-major.</param>
/// <param name="Start">First byte, from the end of the header.</param>
/// <param name="End">The byte after the last.</param>
public sealed record SafetensorsEntry(string Name, string Type, IReadOnlyList<int> Dims, long Start, long End)
{
    /// <summary>Number of values.</summary>
    public long Count => Dims.Aggregate(1L, (product, d) => product * d);

    /// <summary>Whether its values can be weights.</summary>
    public bool IsFloatingPoint => FloatFormat.BytesOf(Type) is not null;

    /// <summary>"[64, 10]".</summary>
    public string Shape => Describe(Dims);

    /// <summary>"[64, 10]".</summary>
    public static string Describe<T>(IEnumerable<T> dims) => $"[{string.Join(", ", dims)}]";
}
