using Granary.Model.Data;

namespace Granary.BuiltIn;

/// <summary>The half of the registration that reads.</summary>
internal static partial class BuiltInFormats
{
    private static readonly List<IFormatReader> Added = [];

    static BuiltInFormats() => Register();

    /// <summary>The readers, in the order of registration.</summary>
    public static IReadOnlyList<IFormatReader> Readers => Added;

    private static void AddDataFormat<TFormat>()
        where TFormat : IFormatReader, new() => Added.Add(new TFormat());
}
