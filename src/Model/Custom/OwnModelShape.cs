using Granary.Jobs;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Granary.Model.Custom;

/// <summary>The parameters of a model of one's own, and whether the model is one that Granary can train.</summary>
internal static class OwnModelShape
{
    private const int TrialExamples = 2;

    private static readonly Type[] Random =
    [
        typeof(Dropout), typeof(Dropout1d), typeof(Dropout2d), typeof(Dropout3d), typeof(AlphaDropout), typeof(FeatureAlphaDropout), typeof(RReLU),
    ];

    /// <summary>Names and sizes. Weight decay is for matrices and kernels; how they start is the layers' own affair.</summary>
    /// <exception cref="JobException">The model cannot be made, or cannot be trained.</exception>
    public static IReadOnlyList<ParameterShape> Of(ModelSection model, InputShape input)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        using var made = OwnModels.Make(model, input, seed: 0);
        Check(made, model.Kind);
        Try(made, model.Kind, input);
        return [.. Parameters(made).Select(p => new ParameterShape(
            p.Name, [.. p.Tensor.shape.Select(d => (int)d)], Initialisation.Zero, 0, Decays: p.Tensor.dim() >= 2))];
    }

    /// <summary>Each parameter once, in the order of the module.</summary>
    public static IEnumerable<(string Name, Parameter Tensor)> Parameters(OwnModel model) =>
        model.named_parameters().DistinctBy(p => p.parameter.Handle).Select(p => (p.name, p.parameter));

    private static void Check(OwnModel made, string kind)
    {
        if (!Parameters(made).Any())
        {
            throw new JobException($"model.kind {kind}: the module has no parameters. Its constructor must end with RegisterComponents().");
        }

        if (made.named_buffers().Select(b => b.name).FirstOrDefault() is { } buffer)
        {
            throw new JobException($"model.kind {kind}: the module has the buffer '{buffer}', which no silo would learn from another. "
                + "Use layers without running figures (a group or layer norm), and make constants within forward.");
        }

        if (made.named_modules().FirstOrDefault(m => Array.Exists(Random, r => r.IsInstanceOfType(m.module))) is { module: not null } random)
        {
            throw new JobException($"model.kind {kind}: the layer '{random.name}' draws at random from a generator that all threads share, "
                + "so that two runs would differ. Use OwnModel.Dropout within forward.");
        }
    }

    // A mistake in sizes is better told before a cluster starts than by it.
    private static void Try(OwnModel made, string kind, InputShape input)
    {
        made.Begin(null);
        var type = Parameters(made).First().Tensor.dtype;
        long[] sizes = made.TakesImages ? Sizes(input.RequireImage()) : [TrialExamples, input.Features];
        var outputs = OwnModelErrors.Within(
            kind, $"forward fails on {TrialExamples} examples of {string.Join(" x ", sizes.Skip(1))} zeros", () => made.forward(zeros(sizes, type)));
        var targets = input.IsNumber ? zeros([TrialExamples], type) : input.IsMultiLabel ? zeros([TrialExamples, input.Classes], type) : zeros([TrialExamples], ScalarType.Int64);
        Require(kind, "Losses", OwnModelErrors.Within(kind, "Losses fails", () => made.Losses(outputs, targets)), [TrialExamples]);
        if (input.IsNumber)
        {
            Require(kind, "Numbers", OwnModelErrors.Within(kind, "Numbers fails", () => made.Numbers(outputs)), [TrialExamples]);
        }
        else if (input.IsMultiLabel)
        {
            Require(kind, "forward", outputs, [TrialExamples, input.Classes]);
        }
        else
        {
            Require(kind, "Probabilities", OwnModelErrors.Within(kind, "Probabilities fails", () => made.Probabilities(outputs)), [TrialExamples, input.Classes]);
        }
    }

    private static long[] Sizes(ImageSize image) => [TrialExamples, image.Channels, image.Height, image.Width];

    private static void Require(string kind, string what, Tensor made, long[] shape)
    {
        if (!made.shape.SequenceEqual(shape))
        {
            throw new JobException($"model.kind {kind}: of {TrialExamples} examples {what} gives [{string.Join(", ", made.shape)}] and not "
                + $"[{string.Join(", ", shape)}].");
        }
    }
}
