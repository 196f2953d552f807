namespace Granary.Jobs;

/// <summary>The rules that turn an averaged gradient into new weights; Own: one that the silo's program has registered, see <see cref="OptimizerSection.OwnKind"/>.</summary>
public enum OptimizerKind { Sgd, Momentum, Adam, AdamW, Lbfgs, Own }

/// <summary>How the learning rate changes over the steps.</summary>
public enum ScheduleKind { Constant, Cosine, Step }

/// <summary>The job file's <c>training</c> section.</summary>
public sealed record TrainingSection
{
    /// <summary>The <see cref="Batch"/> that takes every training example in every step: "all" in a job file.</summary>
    public const int AllExamples = 0;

    /// <summary>Passes over the training data, at least 1. lbfgs: the greatest number of iterations. 0: the job is measured in <see cref="Steps"/>.</summary>
    public int Epochs { get; init; }

    /// <summary>Steps of the whole job, at least 1. lbfgs: the greatest number of iterations. 0 (default): the job is measured in <see cref="Epochs"/>.</summary>
    public int Steps { get; init; }

    /// <summary>Examples per step over all shards; at least 1, at most the number of training examples; or <see cref="AllExamples"/>.
    /// Default: 64, for lbfgs all.</summary>
    public int Batch { get; init; } = 64;

    /// <summary>The most examples of a shard that go through the network at once: a greater part of a batch is added up from several passes, and the
    /// mean over the batch is the same. At least 1. Default: null, all of a shard's part at once.</summary>
    public int? MicroBatch { get; init; }

    /// <summary>Which tensors are trained; all others keep their bits. Default: null, all are.</summary>
    public TrainedTensors? Train { get; init; }

    /// <summary>When, and on how much, the held-out examples are evaluated. Default: null, on all of them after every epoch.</summary>
    public EvaluationSection? Evaluation { get; init; }

    /// <summary>Decides initial weights, permutations, windows and the held-out part. Default: 1.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Default: sgd with a learning rate of 0.1.</summary>
    public OptimizerSection Optimizer { get; init; } = new();

    /// <summary>Default: constant.</summary>
    public ScheduleSection Schedule { get; init; } = new();

    /// <summary>Greatest Euclidean norm of the averaged gradient; a longer one is scaled down to it. 0 (default): off.</summary>
    public double ClipNorm { get; init; }

    /// <summary>When the job's state is written to disk. Has no influence on the weights.</summary>
    public CheckpointSection Checkpoint { get; init; } = new();

    /// <summary>What an example weighs by its class. Default: null, every example weighs 1. Not for text.</summary>
    public ClassWeights? ClassWeights { get; init; }

    /// <summary>Whether the job may end before its last step. Needs held-out examples. Default: null, it does not.</summary>
    public EarlyStoppingSection? EarlyStopping { get; init; }

    /// <summary>Whether gradients may be exchanged while others are still being computed, where that is found to be faster. Has no influence on
    /// the weights, and no place in job files: off for those who time computing and exchanging apart. Default: true.</summary>
    public bool Overlap { get; init; } = true;

    /// <summary>Which version is published. Best needs held-out examples. Default: last.</summary>
    public KeptModel Keep { get; init; } = KeptModel.Last;
}

/// <summary>The job file's <c>training.checkpoint</c> section. A checkpoint is due when either time has come.</summary>
public sealed record CheckpointSection
{
    /// <summary>Every so many steps; 0 (default): by time alone.</summary>
    public int Steps { get; init; }

    /// <summary>Every so many seconds; 0: by steps alone. With both 0 only a pause or a shutdown writes one. Default: 10.</summary>
    public double Seconds { get; init; } = 10;

    /// <summary>How many of the newest stay, at least 1. Default: 2.</summary>
    public int Keep { get; init; } = 2;

    /// <summary>Whether the one with the lowest held-out loss stays too. Default: false.</summary>
    public bool Best { get; init; }
}

/// <summary>The job file's <c>training.classWeights</c>. A step is the sum of the weighted gradients divided by the sum of the
/// weights; losses are weighted means too, the held-out ones as well, while accuracies count every example alike.</summary>
public sealed record ClassWeights
{
    /// <summary>By label, each above 0; a label left out weighs 1. Null: balanced, N / (K n_c) for a class of n_c of the N
    /// training examples of K classes, so that every class weighs the same in all.</summary>
    public IReadOnlyDictionary<string, double>? ByLabel { get; init; }

    /// <summary>Equal in every label and weight.</summary>
    public bool Equals(ClassWeights? other) => other is not null && (ByLabel is null
        ? other.ByLabel is null
        : other.ByLabel is not null && ByLabel.Count == other.ByLabel.Count
            && ByLabel.All(w => other.ByLabel.TryGetValue(w.Key, out var weight) && weight == w.Value));

    /// <inheritdoc/>
    public override int GetHashCode() => ByLabel?.Count ?? -1;
}

/// <summary>The job file's <c>training.optimizer</c> section.</summary>
public sealed record OptimizerSection
{
    /// <summary>The most numbers of a model that lbfgs takes: every silo keeps its history of all of them.</summary>
    public const long MaxLbfgsWeights = 1 << 20;

    /// <summary>sgd (w &lt;- w - alpha g), momentum, adam, adamw or lbfgs. Default: sgd.</summary>
    public OptimizerKind Kind { get; init; } = OptimizerKind.Sgd;

    /// <summary>The name of an optimiser of one's own; null for the built-in ones.</summary>
    public string? OwnKind { get; init; }

    /// <summary>Options of a custom optimiser: names and values as the job file has them. Default: none.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>alpha, above 0. Default: 0.1 for sgd and momentum, 0.001 for adam and adamw. Not for lbfgs,
    /// whose line search finds the length of each step.</summary>
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
    /// lbfgs minimises the mean loss + lambda/2 |w|^2, which is the same. Default: 0 (adamw: 0.01).</summary>
    public double WeightDecay { get; init; }

    /// <summary>m of lbfgs, in [1, 30]: how many steps and the changes of the gradient over them it remembers. Default: 10.</summary>
    public int Memory { get; init; } = 10;

    /// <summary>lbfgs, at least 0: the job is completed once no component of the gradient of the mean loss, weight decay
    /// included, is greater. Default: 1e-5.</summary>
    public double Tolerance { get; init; } = 1e-5;

    /// <summary>Whether biases and the gains and offsets of norms decay too. Default: false.</summary>
    public bool DecayAll { get; init; }

    /// <summary>The kind's name, as in job files.</summary>
    public string KindName() => OwnKind ?? Kebab.Name(Kind);

    /// <summary>What the optimiser needs from the rest of the system.</summary>
    public OptimizerTraits Traits() => OptimizerTraits.Of(this);

    /// <summary>Numbers of state that the rule keeps for each weight.</summary>
    /// <exception cref="JobException">It is one of one's own that this process does not know.</exception>
    public int StatePerWeight() => Traits().StateVectors(this);

    /// <summary>Equal in every key; options by value.</summary>
    public bool Equals(OptimizerSection? other) => other is not null
        && (Kind, OwnKind, LearningRate, Momentum, Beta1, Beta2, Epsilon) == (other.Kind, other.OwnKind, other.LearningRate, other.Momentum, other.Beta1, other.Beta2, other.Epsilon)
        && (WeightDecay, Memory, Tolerance, DecayAll) == (other.WeightDecay, other.Memory, other.Tolerance, other.DecayAll)
        && Options.Count == other.Options.Count && !Options.Except(other.Options).Any();

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, OwnKind, LearningRate, WeightDecay, Memory, Options.Count);
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

    /// <summary>step: the factor is multiplied by <see cref="Gamma"/> every so many epochs, in a job that is measured in steps every so many steps. Default: 10.</summary>
    public int Every { get; init; } = 10;

    /// <summary>step: in (0, 1]. Default: 0.1.</summary>
    public double Gamma { get; init; } = 0.1;
}
