using System.Collections.Concurrent;
using Granary.BuiltIn;
using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>Every reader of a format by name.</summary>
internal static class FormatCatalogue
{
    private static readonly ConcurrentDictionary<string, IFormatReader> Readers =
        new(BuiltInFormats.Readers.Select(r => KeyValuePair.Create(r.Format, r)), StringComparer.Ordinal);

    /// <summary>The reader of a job's data.</summary>
    /// <exception cref="JobException">This process does not know the format.</exception>
    public static IFormatReader Of(DataSection data) => Readers.TryGetValue(data.Format, out var reader) ? reader : throw FormatKinds.Unknown(data.Format);

    /// <summary>The same, or null.</summary>
    public static IFormatReader? Find(DataSection data) => Readers.GetValueOrDefault(data.Format);

    /// <summary>Makes a format known.</summary>
    /// <exception cref="ArgumentException">Its name is none, or is taken.</exception>
    public static void Add(FormatDescription description, IFormatReader reader)
    {
        FormatKinds.Add(description);
        Readers[description.Format] = reader;
    }
}
