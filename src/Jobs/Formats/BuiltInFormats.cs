using Granary.Jobs;

namespace Granary.BuiltIn;

/// <summary>The half of the registration that reads nothing: descriptions. Its lines are in src/Model/Data/BuiltInFormats.cs, which is compiled here too.</summary>
internal static partial class BuiltInFormats
{
    private static readonly List<FormatDescription> Added = [];

    static BuiltInFormats() => Register();

    /// <summary>The descriptions, in the order of registration.</summary>
    public static IReadOnlyList<FormatDescription> Descriptions => Added;

    private static void AddDataFormat<TFormat>()
        where TFormat : FormatDescription, new() => Added.Add(new TFormat());
}
