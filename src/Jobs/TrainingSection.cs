namespace Granary.Jobs;

/// <summary>The rules that turn an averaged gradient into new weights.</summary>
public enum OptimizerKind { Sgd, Momentum, Adam, AdamW }

/// <summary>How the learning rate changes over the steps.</summary>
public enum ScheduleKind { Constant, Cosine, Step }

/// <summary>The job file's <c>training</c> section.</summary>
public sealed record TrainingSection
{
    /// <summary>Passes over the training data; required, at least 1.</summary>
    public required int Epochs { get; init; }

    /// <summary>Examples per step over all shards; at least 1, at most the number of training examples. Default: 64.</summary>
    public int Batch { get; init; } = 64;

    /// <summary>Decides initial weights, permutations and the held-out part. Default: 1.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Default: sgd with a learning rate of 0.1.</summary>
    public OptimizerSection Optimizer { get; init; } = new();

    /// <summary>Default: constant.</summary>
    public ScheduleSection Schedule { get; init; } = new();

    /// <summary>Greatest Euclidean norm of the averaged gradient; a longer one is scaled down to it. 0 (default): off.</summary>
    public double ClipNorm { get; init; }
}

/// <summary>The job file's <c>training.optimizer</c> section.</summary>
public sealed record OptimizerSection
{
    /// <summary>sgd (w &lt;- w - alpha g), momentum, adam or adamw. Default: sgd.</summary>
    public OptimizerKind Kind { get; init; } = OptimizerKind.Sgd;

    /// <summary>alpha, above 0. Default: 0.1 for sgd and momentum, 0.001 for adam and adamw.</summary>
    public double LearningRate { get; init; } = 0.1;

    /// <summary>mu of momentum, in [0, 1): v &lt;- mu v + g; w &lt;- w - alpha v. Default: 0.9.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>beta1 of adam and adamw, in [0, 1). Default: 0.9.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>beta2 of adam and adamw, in [0, 1). Default: 0.999.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the denominator of adam and adamw, above 0. Default: 1e-8.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>lambda, at least 0: adds lambda w to the gradient (adamw: shrinks w by alpha lambda w instead).
    /// Default: 0 (adamw: 0.01).</summary>
    public double WeightDecay { get; init; }

    /// <summary>Whether biases and the gains and offsets of norms decay too. Default: false.</summary>
    public bool DecayAll { get; init; }

    /// <summary>Numbers of state that the rule keeps for each weight.</summary>
    public int StatePerWeight() => Kind switch
    {
        OptimizerKind.Sgd => 0,
        OptimizerKind.Momentum => 1,
        _ => 2,
    };
}

/// <summary>The job file's <c>training.schedule</c> section: a factor on the learning rate by step.</summary>
public sealed record ScheduleSection
{
    /// <summary>constant (default), cosine (with warm-up), or step.</summary>
    public ScheduleKind Kind { get; init; } = ScheduleKind.Constant;

    /// <summary>Steps over which the factor rises linearly from 1/warmup to 1 (any kind). Default: 0.</summary>
    public int Warmup { get; init; }

    /// <summary>cosine: the factor at the last step, in [0, 1]. Default: 0.</summary>
    public double Floor { get; init; }

    /// <summary>step: the factor is multiplied by <see cref="Gamma"/> every so many epochs. Default: 10.</summary>
    public int Every { get; init; } = 10;

    /// <summary>step: in (0, 1]. Default: 0.1.</summary>
    public double Gamma { get; init; } = 0.1;
}
