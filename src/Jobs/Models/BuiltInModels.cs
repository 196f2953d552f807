using Granary.Jobs;

namespace Granary.BuiltIn;

/// <summary>The half of the registration that needs no torch: descriptions. Its lines are in src/Model/Models/BuiltInModels.cs, which is compiled here too.</summary>
internal static partial class BuiltInModels
{
    private static readonly List<ModelDescription> Added = [];

    static BuiltInModels() => Register();

    /// <summary>The descriptions, in the order of registration.</summary>
    public static IReadOnlyList<ModelDescription> Descriptions => Added;

    private static void AddModelKind<TKind>()
        where TKind : ModelDescription, new() => Added.Add(new TKind());
}
