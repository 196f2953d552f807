using System.Globalization;
using System.Text.RegularExpressions;

namespace Granary.Jobs;

/// <summary>Paths that name what this process has open already: /dev/stdout, /dev/fd/3. Opening them anew would begin at the start of a
/// file that a shell has opened to be appended to.</summary>
internal static partial class OpenDescriptor
{
    private const int MostLinks = 40;

    /// <summary>The number of what a path names; null where it is no such path.</summary>
    public static int? Of(string path)
    {
        var at = Path.GetFullPath(path);
        for (var i = 0; i < MostLinks; i++)
        {
            if (Number().Match(at) is { Success: true } found)
            {
                return int.Parse(found.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            }

            if (Link(at) is not { } next)
            {
                return null;
            }

            at = next;
        }

        return null;
    }

    private static string? Link(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget is { } target ? Path.GetFullPath(target, Path.GetDirectoryName(path)!) : null;
        }
        catch (Exception e) when (FileTrouble.Is(e))
        {
            return null;
        }
    }

    [GeneratedRegex("^(?:/dev|/proc/self)/fd/([0-9]{1,9})$")]
    private static partial Regex Number();
}
