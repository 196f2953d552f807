using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>Values and lists as messages and the reference have them.</summary>
internal static class KeyWords
{
    /// <summary>"csv, idx and parquet".</summary>
    public static string List<T>(IReadOnlyList<T> values, string last = "and")
        where T : struct, Enum => List([.. values.Select(Kebab.Name)], last);

    /// <summary>The same of names.</summary>
    public static string List(IReadOnlyList<string> names, string last = "and") => names.Count < 2
        ? string.Concat(names)
        : $"{string.Join(", ", names.SkipLast(1))} {last} {names[^1]}";

    /// <summary>"10,000".</summary>
    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A value for the reference: "0.1", "none" where there is nothing.</summary>
    public static string Value(YamlNode? node) => node switch
    {
        YamlScalarNode { Style: ScalarStyle.DoubleQuoted } text => $"`{text.Value}`",
        YamlScalarNode plain => plain.Value!.Replace("E-0", "e-", StringComparison.Ordinal),
        _ => "none",
    };
}
