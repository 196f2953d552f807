namespace Granary.Jobs;

/// <summary>One linear map with a bias, starting at zero: logistic and softmax regression are convex, so zero is as good a
/// start as any.</summary>
internal static class LinearShape
{
    public static IReadOnlyList<ParameterShape> Of(int features, int outputs) =>
    [
        new("weight", [outputs, features], Initialisation.Zero, 0, Decays: true),
        new("bias", [outputs], Initialisation.Zero, 0, Decays: false),
    ];
}
