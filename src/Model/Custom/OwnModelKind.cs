using Granary.Jobs;
using Granary.Model.Networks;
using static TorchSharp.torch;

namespace Granary.Model.Custom;

/// <summary>A kind of model that is a module of one's own: what it is like is found out by making one.</summary>
internal sealed class OwnModelKind(string kind) : ModelDescription, INetworkMaker
{
    /// <inheritdoc cref="ModelDescription.Kind"/>
    public override string Kind => kind;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys => ["options"];

    /// <inheritdoc/>
    public override bool NamesAxes => false;

    // What it learns the module says, once it has been made: see OwnModelShape.

    /// <inheritdoc/>
    public override LearnedTarget Learns(ModelSection model) => LearnedTarget.Either;

    /// <inheritdoc/>
    public override bool LearnsLabels(ModelSection model) => true;

    /// <inheritdoc/>
    public override bool LosesByLikelihood(ModelSection model) => false; // its loss may be any

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterShape> Shape(ModelSection model, InputShape input) => OwnModelShape.Of(model, input);

    /// <inheritdoc/>
    public INetwork Network(ModelSection model, InputShape input) => new OwnNetwork(model, input);

    // As its layers start under the job's seed.

    /// <inheritdoc/>
    public void Start<T>(Job job, InputShape input, Span<T> flat)
        where T : unmanaged
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        using var made = OwnModels.Make(job.Model, input, job.Training.Seed);
        var at = 0;
        foreach (var (_, parameter) in OwnModelShape.Parameters(made))
        {
            var numbers = parameter.detach().contiguous().data<T>().ToArray();
            numbers.CopyTo(flat[at..]);
            at += numbers.Length;
        }
    }
}
