using System.Collections.Concurrent;

namespace Granary.Jobs;

/// <summary>The formats of data that this process knows: the built-in ones, and those that a silo's program has registered before it started anything.</summary>
public static class FormatKinds
{
    private static readonly ConcurrentDictionary<string, FormatDescription> Registered = new(StringComparer.Ordinal);

    /// <summary>The built-in ones, in the order in which messages and the reference name them.</summary>
    public static IReadOnlyList<FormatDescription> BuiltIn => Granary.BuiltIn.BuiltInFormats.Descriptions;

    /// <summary>Names of the registered ones, in ordinal order.</summary>
    public static IReadOnlyList<string> Own => [.. Registered.Keys.Order(StringComparer.Ordinal)];

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> Names => [.. BuiltIn.Select(d => d.Format), .. Own];

    /// <summary>Makes a format known.</summary>
    /// <exception cref="ArgumentException">Its name is none, or is taken.</exception>
    public static void Add(FormatDescription description)
    {
        ArgumentNullException.ThrowIfNull(description);
        KindNames.Require(description.Format, "a format of data");
        if (BuiltIn.Any(d => d.Format == description.Format) || !Registered.TryAdd(description.Format, description))
        {
            throw new ArgumentException($"there is a format of data named '{description.Format}' already.", nameof(description));
        }
    }

    /// <summary>The description of a format. Of one that this process does not know it says what holds for every format of one's own.</summary>
    public static FormatDescription Of(string format) => Find(format) ?? new UnknownFormat(format);

    /// <summary>Whether this process knows a format.</summary>
    public static bool IsKnown(string format) => Find(format) is not null;

    /// <summary>What to say where data is of a format that this process does not know.</summary>
    public static JobException Unknown(string format) => new(
        $"data.format is {format}, which this silo's program does not know (it knows {string.Join(", ", Names)}): "
        + "start the program that registers it; GRANARY_SILO names its .dll.");

    private static FormatDescription? Find(string format) => BuiltIn.FirstOrDefault(d => d.Format == format) ?? Registered.GetValueOrDefault(format);

    // A format that only the silo's program knows, in a process that must do without.
    private sealed class UnknownFormat(string format) : FormatDescription
    {
        public override string Format => format;

        public override IReadOnlyList<string> Keys => ["options"];

        public override bool? HasColumns => null;
    }
}
