using System.Globalization;
using Granary.Jobs;

namespace Granary.BuiltIn;

/// <summary>A GPT's parameters (Radford and others, 2019): matrices normal with deviation 0.02, the two maps of a block back
/// into the stream scaled down by sqrt(2 L), biases zero, gains one.</summary>
/// <remarks>
/// K vocabulary, T context, C width, L layers, H heads, D numbers of a head's key. attention.qkv holds every head's query
/// maps, then the key maps, then the value-down maps, each [D, C]; attention.output holds every head's value-up map [C, D],
/// stapled side by side.
/// </remarks>
internal static class TransformerShape
{
    private const double Deviation = 0.02;

    /// <summary>Width of the MLP block's middle over the stream's.</summary>
    public const int Expansion = 4;

    public static IReadOnlyList<ParameterShape> Of(ModelSection model, int vocabulary)
    {
        var (c, heads, into) = (model.Width, model.Heads * model.HeadWidth(), Deviation / Math.Sqrt(2 * model.Layers));
        var shape = new List<ParameterShape>
        {
            Tokens("token_embedding.weight", vocabulary, c),
            Matrix("position_embedding.weight", model.Context, c, Deviation),
        };
        for (var i = 0; i < model.Layers; i++)
        {
            var block = string.Create(CultureInfo.InvariantCulture, $"blocks.{i}");
            shape.AddRange(Norm(model, $"{block}.norm1"));
            shape.AddRange(Linear(model, $"{block}.attention.qkv", 3 * heads, c, Deviation));
            shape.AddRange(Linear(model, $"{block}.attention.output", c, heads, into));
            shape.AddRange(Norm(model, $"{block}.norm2"));
            shape.AddRange(Linear(model, $"{block}.mlp.up", Expansion * c, c, Deviation));
            shape.AddRange(Linear(model, $"{block}.mlp.down", c, Expansion * c, into));
        }

        shape.AddRange(Norm(model, "norm"));
        if (!model.TiedUnembedding)
        {
            shape.Add(Tokens("unembedding.weight", vocabulary, c));
        }

        return shape;
    }

    private static ParameterShape Matrix(string name, int rows, int columns, double deviation) =>
        new(name, [rows, columns], Initialisation.Normal, deviation, Decays: true) { Axes = [Axis.Unnamed, Axis.Unnamed] };

    private static ParameterShape Tokens(string name, int rows, int columns) =>
        Matrix(name, rows, columns, Deviation) with { Axes = [Axis.Token, Axis.Unnamed] };

    private static IEnumerable<ParameterShape> Linear(ModelSection model, string name, int outputs, int inputs, double deviation)
    {
        yield return Matrix($"{name}.weight", outputs, inputs, deviation);
        if (model.Biases)
        {
            yield return new($"{name}.bias", [outputs], Initialisation.Zero, 0, Decays: false) { Axes = [Axis.Unnamed] };
        }
    }

    private static IEnumerable<ParameterShape> Norm(ModelSection model, string name)
    {
        if (model.LayerNorm)
        {
            yield return new($"{name}.weight", [model.Width], Initialisation.One, 0, Decays: false) { Axes = [Axis.Unnamed] };
        }

        if (model.LayerNorm && model.Biases)
        {
            yield return new($"{name}.bias", [model.Width], Initialisation.Zero, 0, Decays: false) { Axes = [Axis.Unnamed] };
        }
    }
}
