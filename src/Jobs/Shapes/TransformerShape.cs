using System.Globalization;

namespace Granary.Jobs;

/// <summary>A GPT's parameters (Radford and others, 2019): matrices normal with deviation 0.02, the two maps of a block back
/// into the stream scaled down by sqrt(2 L), biases zero, gains one.</summary>
/// <remarks>K vocabulary, T context, C width, L layers.</remarks>
internal static class TransformerShape
{
    private const double Deviation = 0.02;

    public static IReadOnlyList<ParameterShape> Of(ModelSection model, int vocabulary)
    {
        var (c, into) = (model.Width, Deviation / Math.Sqrt(2 * model.Layers));
        var shape = new List<ParameterShape>
        {
            Matrix("token_embedding.weight", vocabulary, c, Deviation),
            Matrix("position_embedding.weight", model.Context, c, Deviation),
        };
        for (var i = 0; i < model.Layers; i++)
        {
            var block = string.Create(CultureInfo.InvariantCulture, $"blocks.{i}");
            shape.AddRange(Norm($"{block}.norm1", c));
            shape.AddRange(Linear($"{block}.attention.qkv", 3 * c, c, Deviation));
            shape.AddRange(Linear($"{block}.attention.output", c, c, into));
            shape.AddRange(Norm($"{block}.norm2", c));
            shape.AddRange(Linear($"{block}.mlp.up", 4 * c, c, Deviation));
            shape.AddRange(Linear($"{block}.mlp.down", c, 4 * c, into));
        }

        shape.AddRange(Norm("norm", c));
        shape.Add(Matrix("unembedding.weight", vocabulary, c, Deviation));
        return shape;
    }

    private static ParameterShape Matrix(string name, int rows, int columns, double deviation) =>
        new(name, [rows, columns], Initialisation.Normal, deviation, Decays: true);

    private static ParameterShape[] Linear(string name, int outputs, int inputs, double deviation) =>
    [
        Matrix($"{name}.weight", outputs, inputs, deviation),
        new($"{name}.bias", [outputs], Initialisation.Zero, 0, Decays: false),
    ];

    private static ParameterShape[] Norm(string name, int width) =>
    [
        new($"{name}.weight", [width], Initialisation.One, 0, Decays: false),
        new($"{name}.bias", [width], Initialisation.Zero, 0, Decays: false),
    ];
}
