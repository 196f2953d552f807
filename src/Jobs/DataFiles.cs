using System.Text.RegularExpressions;

namespace Granary.Jobs;

/// <summary>The files that a path or a glob names.</summary>
public static partial class DataFiles
{
    /// <summary>Whether a path is a glob: it holds `*` or `?`.</summary>
    public static bool IsGlob(string path) => path.AsSpan().ContainsAny('*', '?');

    /// <summary>The files in ordinal order of their paths. `*` and `?` stand for characters within a name, `**` for any folders.</summary>
    public static IReadOnlyList<string> Expand(string path)
    {
        if (!IsGlob(path))
        {
            return [path];
        }

        var full = Path.GetFullPath(path);
        var root = Path.GetDirectoryName(full[..full.AsSpan().IndexOfAny('*', '?')]) ?? "/";
        if (!Directory.Exists(root))
        {
            return [];
        }

        var pattern = new Regex("^" + Wildcards().Replace(Regex.Escape(full), m => m.Value switch
        {
            @"\*\*/" => "(.*/)?",
            @"\*\*" => ".*",
            @"\*" => "[^/]*",
            _ => "[^/]",
        }) + "$");
        return [.. Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Where(f => pattern.IsMatch(f)).Order(StringComparer.Ordinal)];
    }

    [GeneratedRegex(@"\\\*\\\*/|\\\*\\\*|\\\*|\\\?")]
    private static partial Regex Wildcards();
}
