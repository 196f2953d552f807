namespace Granary.Jobs;

/// <summary>How a parameter starts.</summary>
public enum Initialisation
{
    /// <summary>All zero.</summary>
    Zero,
    /// <summary>All one (gains of norms).</summary>
    One,
    /// <summary>Uniform on [-Scale, Scale).</summary>
    Uniform,
    /// <summary>Normal with mean 0 and standard deviation Scale.</summary>
    Normal,
}

/// <summary>What the places along one dimension of a parameter stand for.</summary>
public enum Axis
{
    /// <summary>Nothing that has a name: units of a hidden layer, positions.</summary>
    Unnamed,
    /// <summary>The features, in their order.</summary>
    Feature,
    /// <summary>The classes, in class order.</summary>
    Class,
    /// <summary>One place: the second class against the first (logistic regression).</summary>
    ClassPair,
    /// <summary>The vocabulary, in token order.</summary>
    Token,
    /// <summary>Categories that have vectors, or the features with these in their places.</summary>
    Embedded,
}

/// <summary>One named parameter of a network.</summary>
/// <param name="Name">Dotted name, as in the saved model: "layers.0.weight".</param>
/// <param name="Dims">Sizes, row-major.</param>
/// <param name="Start">How it starts.</param>
/// <param name="Scale">Half-width or standard deviation of <paramref name="Start"/>; unused for zero and one.</param>
/// <param name="Decays">Whether weight decay applies to it by default: true for matrices, false for biases and norms.</param>
public sealed record ParameterShape(string Name, IReadOnlyList<int> Dims, Initialisation Start, double Scale, bool Decays)
{
    /// <summary>What each dimension stands for; empty where nobody says (kinds of one's own).</summary>
    public IReadOnlyList<Axis> Axes { get; init; } = [];

    /// <summary>Number of weights in it.</summary>
    public long Count => Dims.Aggregate(1L, (product, d) => product * d);
}
