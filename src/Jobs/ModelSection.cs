namespace Granary.Jobs;

/// <summary>The families of models.</summary>
public enum ModelKind { Logistic, Softmax, Mlp, Transformer }

/// <summary>The non-linearity after a hidden layer.</summary>
public enum Activation { Sigmoid, Tanh, Relu, Gelu }

/// <summary>What is minimised: the mean over examples of this loss.</summary>
public enum Loss { CrossEntropy, SquaredError }

/// <summary>The numbers that weights, gradients and activations are made of.</summary>
public enum Precision { Float32, Float64 }

/// <summary>The job file's <c>model</c> section.</summary>
public sealed record ModelSection
{
    /// <summary>The family; required.</summary>
    public required ModelKind Kind { get; init; }

    /// <summary>Widths of the hidden layers, first to last (mlp). Default: none.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [];

    /// <summary>After each hidden layer (mlp) or between the up- and the down-projection (transformer). Default: relu.</summary>
    public Activation Activation { get; init; } = Activation.Relu;

    /// <summary>Cross-entropy (default), or squared error between outputs and one-hot labels (mlp).
    /// With squared error the activation is applied to the output layer too: a' = sigma(W a + b) on every layer.</summary>
    public Loss Loss { get; init; } = Loss.CrossEntropy;

    /// <summary>float32 (default) or float64.</summary>
    public Precision Precision { get; init; } = Precision.Float32;

    /// <summary>A safetensors file that training starts from: each of its tensors whose name and sizes are those of a parameter
    /// takes its place; every other parameter starts by the seed. Absolute once a job file has been read. Default: none.</summary>
    public string? Init { get; init; }

    /// <summary>Number of blocks (transformer). Default: 4.</summary>
    public int Layers { get; init; } = 4;

    /// <summary>Width of the stream, C (transformer). Default: 128.</summary>
    public int Width { get; init; } = 128;

    /// <summary>Attention heads per block; divides the width (transformer). Default: 4.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>Tokens an example holds and attention can look back over, T (transformer). Default: 64.</summary>
    public int Context { get; init; } = 64;

    /// <summary>Equal in every key; the hidden widths by value.</summary>
    public bool Equals(ModelSection? other) => other is not null
        && (Kind, Activation, Loss, Precision, Init, Layers, Width, Heads, Context)
            == (other.Kind, other.Activation, other.Loss, other.Precision, other.Init, other.Layers, other.Width, other.Heads, other.Context)
        && Hidden.SequenceEqual(other.Hidden);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Hidden.Count, Activation, Loss, Layers, Width, Heads, Context);
}
