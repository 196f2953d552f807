using Granary.Jobs;

namespace Granary.Model.Training;

/// <summary>Which dimensions of a model of one's own stand for its features or classes: those that grow when there is one more.</summary>
internal static class OwnAxes
{
    /// <summary>By parameter, <paramref name="axis"/> where a dimension grows and unnamed elsewhere.</summary>
    /// <param name="model">A model of one's own.</param>
    /// <param name="input">The ends that it has.</param>
    /// <param name="shape">The parameters that it has between them.</param>
    /// <param name="axis">Features or classes.</param>
    /// <returns>Null where it cannot be told, for there is no such model with one more.</returns>
    public static IReadOnlyDictionary<string, IReadOnlyList<Axis>>? Of(ModelSection model, InputShape input, IReadOnlyList<ParameterShape> shape, Axis axis)
    {
        IReadOnlyList<ParameterShape> grown;
        try
        {
            grown = ModelShape.Of(model, axis == Axis.Feature ? input with { Features = input.Features + 1 } : input with { Classes = input.Classes + 1 });
        }
        catch (JobException)
        {
            return null; // an image of 65 pixels is no square
        }

        return grown.Count == shape.Count && grown.Zip(shape).All(p => p.First.Name == p.Second.Name && p.First.Dims.Count == p.Second.Dims.Count)
            ? grown.Zip(shape).ToDictionary(
                p => p.Second.Name,
                p => (IReadOnlyList<Axis>)[.. p.First.Dims.Zip(p.Second.Dims, (more, now) => more == now ? Axis.Unnamed : axis)])
            : null;
    }
}
