using System.Collections.Concurrent;

namespace Granary.Jobs;

/// <summary>The kinds of models that this process knows: the built-in ones, and those that a silo's program has registered before it started anything.</summary>
public static class ModelKinds
{
    private static readonly ConcurrentDictionary<string, ModelDescription> Registered = new(StringComparer.Ordinal);

    /// <summary>The built-in ones, in the order in which messages and the reference name them.</summary>
    public static IReadOnlyList<ModelDescription> BuiltIn => Granary.BuiltIn.BuiltInModels.Descriptions;

    /// <summary>The built-in ones that can learn a number.</summary>
    public static IEnumerable<string> ForNumbers =>
        BuiltIn.Where(d => d.Learns(new ModelSection { Kind = d.Kind, Loss = Loss.SquaredError }) != LearnedTarget.Class).Select(d => d.Kind);

    /// <summary>Names of the registered ones, in ordinal order.</summary>
    public static IReadOnlyList<string> Own => [.. Registered.Keys.Order(StringComparer.Ordinal)];

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> Names => [.. BuiltIn.Select(d => d.Kind), .. Own];

    /// <summary>Makes a kind known.</summary>
    /// <exception cref="ArgumentException">Its name is none, or is taken.</exception>
    public static void Add(ModelDescription description)
    {
        ArgumentNullException.ThrowIfNull(description);
        KindNames.Require(description.Kind, "a kind of model");
        if (IsBuiltIn(description.Kind) || !Registered.TryAdd(description.Kind, description))
        {
            throw new ArgumentException($"there is a kind of model named '{description.Kind}' already.", nameof(description));
        }
    }

    /// <summary>The description of a model's kind. Of one that this process does not know it says what holds for every kind of one's own; its shape is
    /// not known here: to ask for it throws.</summary>
    public static ModelDescription Of(ModelSection model) => Of(model.Kind);

    /// <inheritdoc cref="Of(ModelSection)"/>
    public static ModelDescription Of(string kind) => Find(kind) ?? new UnknownModel(kind);

    /// <summary>Whether this process knows a kind.</summary>
    public static bool IsKnown(string kind) => Find(kind) is not null;

    /// <summary>Whether every process knows a kind, those without torch too.</summary>
    public static bool IsBuiltIn(string kind) => BuiltIn.Any(d => d.Kind == kind);

    /// <summary>What to say where a model is of a kind that this process does not know.</summary>
    public static JobException Unknown(string kind) => new(
        $"model.kind is {kind}, which this silo's program does not know (it knows {string.Join(", ", Names)}): "
        + "start the program that registers it; GRANARY_SILO names its .dll.");

    private static ModelDescription? Find(string kind) => BuiltIn.FirstOrDefault(d => d.Kind == kind) ?? Registered.GetValueOrDefault(kind);

    // A kind that only the silo's program has registered, in a process without it. Its kind of examples is unknown here: check IsKnown first.
    private sealed class UnknownModel(string kind) : ModelDescription
    {
        public override string Kind => kind;

        public override IReadOnlyList<string> Keys => ["options"];

        public override bool NamesAxes => false;

        public override LearnedTarget Learns(ModelSection model) => LearnedTarget.Either;

        public override bool LearnsLabels(ModelSection model) => true;

        public override IReadOnlyList<ParameterShape> Shape(ModelSection model, InputShape input) => throw Unknown(kind);
    }
}
