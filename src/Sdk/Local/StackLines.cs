using System.Text.RegularExpressions;

namespace Granary.Sdk.Local;

/// <summary>Lines of a log that are frames of a stack. A silo writes none, but a native library or the runtime may, when they abort it:
/// they stay in the file, and are not shown.</summary>
internal static partial class StackLines
{
    /// <summary>Whether a line is one of them.</summary>
    public static bool IsOne(string line) => Frame().IsMatch(line);

    /// <summary>The other lines.</summary>
    public static IEnumerable<string> Without(IEnumerable<string> lines) => lines.Where(l => !IsOne(l));

    /// <summary>The other lines, to the end of a text.</summary>
    public static IEnumerable<string> Without(TextReader text)
    {
        while (text.ReadLine() is { } line)
        {
            if (!IsOne(line))
            {
                yield return line;
            }
        }
    }

    [GeneratedRegex(@"^\s*(at [\w<>`+$]+\.[^(]*\(|---+ ?(End of|>)|<---)")]
    private static partial Regex Frame();
}
