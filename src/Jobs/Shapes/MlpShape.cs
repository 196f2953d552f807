using System.Globalization;

namespace Granary.Jobs;

/// <summary>Layers of W [out, in] and b [out], each uniform on +-1/sqrt(in).</summary>
internal static class MlpShape
{
    public static IReadOnlyList<ParameterShape> Of(ModelSection model, InputShape input)
    {
        var shape = new List<ParameterShape>();
        var width = input.Features;
        foreach (var next in model.Hidden.Append(input.Classes))
        {
            var layer = string.Create(CultureInfo.InvariantCulture, $"layers.{shape.Count / 2}");
            var scale = 1 / Math.Sqrt(width);
            var from = shape.Count == 0 ? Axis.Feature : Axis.Unnamed;
            var to = shape.Count / 2 == model.Hidden.Count ? Axis.Class : Axis.Unnamed;
            shape.Add(new ParameterShape($"{layer}.weight", [next, width], Initialisation.Uniform, scale, Decays: true) { Axes = [to, from] });
            shape.Add(new ParameterShape($"{layer}.bias", [next], Initialisation.Uniform, scale, Decays: false) { Axes = [to] });
            width = next;
        }

        return shape;
    }
}
