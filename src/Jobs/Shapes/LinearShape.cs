namespace Granary.Jobs;

/// <summary>One linear map with a bias, starting at zero: logistic and softmax regression are convex, so zero is as good a
/// start as any.</summary>
internal static class LinearShape
{
    public static IReadOnlyList<ParameterShape> Of(int features, int outputs)
    {
        var output = outputs == 1 ? Axis.ClassPair : Axis.Class;
        return
        [
            new("weight", [outputs, features], Initialisation.Zero, 0, Decays: true) { Axes = [output, Axis.Feature] },
            new("bias", [outputs], Initialisation.Zero, 0, Decays: false) { Axes = [output] },
        ];
    }
}
