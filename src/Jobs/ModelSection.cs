using System.Text.Json.Serialization;

namespace Granary.Jobs;

/// <summary>The non-linearity after a hidden layer.</summary>
public enum Activation { Sigmoid, Tanh, Relu, Gelu }

/// <summary>What is minimised: the mean over examples of this loss. Cross-entropy is for classes, squared error for classes and numbers, all others are for
/// numbers (<c>data.target: number</c>).</summary>
public enum Loss { CrossEntropy, SquaredError, AbsoluteError, Huber, Quantile, Poisson }

/// <summary>The numbers that weights, gradients and activations are made of.</summary>
public enum Precision { Float32, Float64 }

/// <summary>The job file's <c>model</c> section.</summary>
public sealed record ModelSection
{
    private static readonly int[] UsualFilters = [16, 32];

    /// <summary>The family's name, one of <see cref="ModelKinds.Names"/>; required.</summary>
    [JsonConverter(typeof(ModelKindConverter))]
    public required string Kind { get; init; }

    /// <summary>What earlier builds wrote beside the kind "own": its name. Read, and never written.</summary>
    [JsonInclude]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    private string? OwnKind
    {
        get => null;
        init => Kind = value ?? Kind;
    }

    /// <summary>Options of a model without keys of its own (mostly custom kinds): names and values as the job file has them. Default: none.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>Widths of the hidden layers, first to last (mlp; cnn: after the convolutions). Default: none.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [];

    /// <summary>Filters of each convolution, first to last (cnn); null (default): 16 and 32, as <see cref="Filters"/> says.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<int>? Channels { get; init; }

    /// <summary>After each hidden layer (mlp), after each convolution and hidden layer (cnn), or between the up- and the down-projection (transformer). Default: relu.</summary>
    public Activation Activation { get; init; } = Activation.Relu;

    /// <summary>Cross-entropy (default), or squared error between outputs and one-hot labels (mlp).
    /// With squared error the activation is applied to the output layer too: a' = sigma(W a + b) on every layer. Where the target is a number (linear, mlp, cnn), any loss
    /// but cross-entropy, of the one output, to which no activation is applied; squared error is the default there.</summary>
    public Loss Loss { get; init; } = Loss.CrossEntropy;

    /// <summary>huber: the error from which on the loss grows in proportion to it, in the units that the target is trained in; above 0. Default: 1.</summary>
    public double Delta { get; init; } = 1;

    /// <summary>quantile: which quantile is learned, above 0 and below 1. Default: 0.5, the median.</summary>
    public double Quantile { get; init; } = 0.5;

    /// <summary>float32 (default) or float64.</summary>
    public Precision Precision { get; init; } = Precision.Float32;

    /// <summary>A safetensors file, or a run's output folder, that training starts from: each of its tensors whose name and sizes are those of a
    /// parameter takes its place, rows and columns of classes, features and tokens by name; all else starts by the seed. Absolute once a job file has
    /// been read. Default: none.</summary>
    public string? Init { get; init; }

    /// <summary>Number of blocks (transformer). Default: 4.</summary>
    public int Layers { get; init; } = 4;

    /// <summary>Width of the stream, C (transformer), or of a word's vector, d (skip-gram). Default: 128.</summary>
    public int Width { get; init; } = 128;

    /// <summary>Attention heads per block, H (transformer). Divides the width unless <see cref="KeyWidth"/> is given. Default: 4.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>d_key: numbers in one head's query and key, and between its value-down and value-up maps (transformer).
    /// Default: width / heads.</summary>
    public int? KeyWidth { get; init; }

    /// <summary>Tokens an example holds and attention can look back over, T (transformer). Default: 64.</summary>
    public int Context { get; init; } = 64;

    /// <summary>A norm before each attention, each MLP block and the unembedding (transformer). Default: true.</summary>
    public bool LayerNorm { get; init; } = true;

    /// <summary>Whether linear maps have biases and norms have offsets (transformer). Default: true.</summary>
    public bool Biases { get; init; } = true;

    /// <summary>Whether the unembedding is the token embedding itself, one matrix trained from both ends (transformer).
    /// Default: false.</summary>
    public bool TiedUnembedding { get; init; }

    /// <summary>Part of the numbers that a training pass sets to 0 in the embeddings, the attention weights and what each
    /// block adds to the stream, in [0, 1) (transformer). Default: 0.</summary>
    public double Dropout { get; init; }

    /// <summary>k: a word's contexts are the k words before it and the k after it (skip-gram). Default: 5.</summary>
    public int Window { get; init; } = 5;

    /// <summary>Words drawn against each true context (skip-gram with negative sampling), or 0: the softmax over the whole
    /// vocabulary. Default: 0.</summary>
    public int Negatives { get; init; }

    /// <summary>d_key, with its default filled in.</summary>
    public int HeadWidth() => KeyWidth ?? Width / Heads;

    /// <summary><see cref="Channels"/>, with the default filled in.</summary>
    public IReadOnlyList<int> Filters() => Channels ?? UsualFilters;

    /// <summary>Equal in every key; the hidden widths and the options by value.</summary>
    public bool Equals(ModelSection? other) => other is not null
        && (Kind, Activation, Loss, Precision, Init, Layers, Width, Heads, Context)
            == (other.Kind, other.Activation, other.Loss, other.Precision, other.Init, other.Layers, other.Width, other.Heads, other.Context)
        && (KeyWidth, LayerNorm, Biases, TiedUnembedding, Dropout, Window, Negatives)
            == (other.KeyWidth, other.LayerNorm, other.Biases, other.TiedUnembedding, other.Dropout, other.Window, other.Negatives)
        && (Delta, Quantile) == (other.Delta, other.Quantile)
        && Options.Count == other.Options.Count && !Options.Except(other.Options).Any()
        && Hidden.SequenceEqual(other.Hidden) && Filters().SequenceEqual(other.Filters());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Hidden.Count, Activation, Loss, Layers, Width, Heads, Context);
}
