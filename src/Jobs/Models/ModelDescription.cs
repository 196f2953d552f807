namespace Granary.Jobs;

/// <summary>All that there is to know of a kind of model before anything is computed with it: its keys, its parameters, its cost, its rules. It needs no torch,
/// so that the command line has it too.</summary>
public abstract class ModelDescription
{
    /// <summary>Its name, as in <c>model.kind</c>: 1 to 64 lower-case letters, digits and hyphens, a letter first.</summary>
    public abstract string Kind { get; }

    /// <summary>What an example is to it. Default: a row of numbers and its class.</summary>
    public virtual ExampleKind Examples => ExampleKind.Rows;

    /// <summary>The keys of the job file's <c>model</c> section that have a meaning for it, besides <c>kind</c>, <c>precision</c> and <c>init</c>, which every
    /// kind has: "hidden". What no such key says it takes from <c>options</c>.</summary>
    public abstract IReadOnlyList<string> Keys { get; }

    /// <summary>How many classes it tells apart; null (default): any number from two on; 0: none, it learns numbers alone.</summary>
    public virtual int? Classes => null;

    /// <summary>Whether it learns classes or a number, which <c>data.target</c> must agree with. Default: classes. Where it is a number,
    /// <see cref="InputShape.Classes"/> is 0.</summary>
    public virtual LearnedTarget Learns(ModelSection model) => LearnedTarget.Class;

    /// <summary>Whether it can learn several labels, each of which a row has or has not (<c>data.target: labels</c>): then its outputs are the log-odds of each. Default:
    /// no.</summary>
    public virtual bool LearnsLabels(ModelSection model) => false;

    /// <summary>Whether it learns vectors for categories (<c>embedding</c> in <c>data.columns</c>), which <see cref="InputShape.Embedded"/> tells it of. Default: no.</summary>
    public virtual bool TakesEmbeddings => false;

    /// <summary>Names, sizes and starts of its parameters, in the order of the flat vector.</summary>
    /// <param name="model">The job file's section.</param>
    /// <param name="input">What the data says about the model's ends.</param>
    /// <exception cref="JobException">There is no such model.</exception>
    public abstract IReadOnlyList<ParameterShape> Shape(ModelSection model, InputShape input);

    /// <summary>Whether <see cref="Shape"/> says which places stand for a class, a feature or a token. Default: it does.</summary>
    public virtual bool NamesAxes => true;

    /// <summary>Its matrices, for people. Default: every parameter of two sizes or more.</summary>
    public virtual IReadOnlyList<MatrixGroup> Matrices(ModelSection model, InputShape input) =>
        [.. Shape(model, input).Where(p => p.Dims.Count >= 2).Select(p => new MatrixGroup(p.Name, 1, p.Dims[0], (int)(p.Count / p.Dims[0])))];

    /// <summary>What its weights are besides the matrices, at the start of a sentence.</summary>
    public virtual string BesidesMatrices => "In all";

    /// <summary>Floating-point operations of one example's gradient; null (default): not known, so that its time is measured.</summary>
    public virtual double? FlopsPerExample(ModelSection model, InputShape input) => null;

    /// <summary>Numbers that it gives for one example. Default: one for each class, or one.</summary>
    public virtual long OutputsPerExample(ModelSection model, InputShape input) => input.Outputs;

    /// <summary>How many different targets an example may have, or each of its labels. Default: one for each class; of labels 1 and 0.</summary>
    public virtual long Targets(ModelSection model, InputShape input) => input.IsMultiLabel ? 2 : input.Outputs;

    /// <summary>A smaller model of the same kind: timing both tells the cost per byte from the fixed cost. Default: there is none, and it is the model itself.</summary>
    public virtual ModelSection Smaller(ModelSection model) => model;

    /// <summary>Whether its loss is the negative logarithm of the probability that it gives the truth. Default: as <c>model.loss</c> says.</summary>
    public virtual bool LosesByLikelihood(ModelSection model) => model.Loss == Loss.CrossEntropy;

    /// <summary>The rule between its keys that a job breaks, as a message, and the key to report it at; null (default): none.</summary>
    public virtual (string Key, string Message)? Broken(ModelSection model) => null;

    /// <summary>What does not hold within the <c>model</c> section of a saved model, which anybody may have changed; null (default): nothing. No more layers than
    /// there are tensors may be believed, so that a forged number makes nothing large.</summary>
    /// <param name="model">The section.</param>
    /// <param name="tensors">Tensors in the file.</param>
    public virtual string? Forged(ModelSection model, int tensors) => null;

    /// <summary>Why there is nothing to evaluate with such a model; null (default): there is.</summary>
    public virtual string? NothingToEvaluate(ModelSection model) => null;

    /// <summary>Well-known models of this kind. Default: none.</summary>
    public virtual IReadOnlyList<ModelPreset> Presets => [];
}

/// <summary>A well-known model.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Model">The model.</param>
/// <param name="Input">Its ends.</param>
public sealed record ModelPreset(string Name, ModelSection Model, InputShape Input);
