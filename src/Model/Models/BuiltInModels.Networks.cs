using Granary.Model.Networks;

namespace Granary.BuiltIn;

/// <summary>The half of the registration that computes.</summary>
internal static partial class BuiltInModels
{
    private static readonly List<INetworkMaker> Added = [];

    static BuiltInModels() => Register();

    /// <summary>The makers, in the order of registration.</summary>
    public static IReadOnlyList<INetworkMaker> Makers => Added;

    private static void AddModelKind<TKind>()
        where TKind : INetworkMaker, new() => Added.Add(new TKind());
}
