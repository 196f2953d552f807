using System.Collections.Concurrent;
using Granary.Jobs;
using Granary.Model.Kernels;
using Granary.Model.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Granary.Model.Custom;

/// <summary>The kinds of models that a silo's program adds to the built-in ones. They are the process's: add them first thing in
/// Program.cs.</summary>
public static class OwnModels
{
    private static readonly ConcurrentDictionary<string, Func<ModelOptions, InputShape, OwnModel>> Makers = new(StringComparer.Ordinal);

    // torch's layers draw their first weights from one generator that the whole process shares.
    private static readonly Lock Generator = new();

    /// <summary>Makes a kind known, so that job files can name it.</summary>
    /// <param name="kind">As in <c>model.kind</c>: 1 to 64 lower-case letters, digits and hyphens, a letter first.</param>
    /// <param name="create">Makes a model from the job file's options and what the data says about its ends.</param>
    /// <exception cref="ArgumentException">The name is none, or is taken.</exception>
    public static void Add(string kind, Func<ModelOptions, InputShape, OwnModel> create)
    {
        ArgumentNullException.ThrowIfNull(kind);
        ArgumentNullException.ThrowIfNull(create);
        var added = new OwnModelKind(kind);
        NetworkCatalogue.Add(added, added);
        Makers[kind] = create;
    }

    /// <summary>Makes a kind known as the built-in ones are: by a description, which says what its keys, parameters, rules and costs are, and a maker of its
    /// networks.</summary>
    /// <exception cref="ArgumentException">The name is none, or is taken.</exception>
    public static void AddModelKind<TKind>()
        where TKind : ModelDescription, INetworkMaker, new()
    {
        var added = new TKind();
        NetworkCatalogue.Add(added, added);
    }

    /// <summary>A new model; its parameters are as its layers start under this seed. The caller disposes it.</summary>
    /// <exception cref="JobException">The kind is unknown, an option is wrong, or the model cannot be made.</exception>
    internal static OwnModel Make(ModelSection model, InputShape input, long seed)
    {
        var kind = model.Kind;
        var maker = Makers.TryGetValue(kind, out var found) ? found : throw ModelKinds.Unknown(kind);
        var options = new ModelOptions(kind, model.Options);
        TorchKernels.Require();
        lock (Generator)
        {
            using var scope = NewDisposeScope();
            manual_seed(seed);
            var made = OwnModelErrors.Within(kind, "it cannot be made", () => maker(options, input));
            OwnModelErrors.RequireTarget(made, kind, input);
            options.RefuseOthers();
            made.to(model.Precision == Precision.Float64 ? ScalarType.Float64 : ScalarType.Float32);
            foreach (var parameter in made.parameters())
            {
                parameter.DetachFromDisposeScope();
            }

            return made;
        }
    }
}
