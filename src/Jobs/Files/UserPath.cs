namespace Granary.Jobs;

/// <summary>Paths as users write them: "~" at the start is the home folder, wherever the shell has not replaced it.</summary>
public static class UserPath
{
    /// <summary>A path whose "~", alone or before a slash, is the home folder; any other path as it is. A file that is really
    /// called "~" is "./~".</summary>
    public static string Expand(string text) => text == "~" || text.StartsWith("~/", StringComparison.Ordinal)
        ? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify) + text[1..]
        : text;

    /// <summary>The same, absolute: relative ones start at a folder. A separator at the end is left out. A path into a store is absolute.</summary>
    public static string Absolute(string text, string folder) => StoredPath.Is(text) ? StoredPath.Normal(text) : Path.TrimEndingDirectorySeparator(Path.GetFullPath(Expand(text), folder));

    /// <summary>What to say of a path that leads nowhere and looks as if something in it was to be replaced; empty for any other.</summary>
    public static string Hint(string text)
    {
        var first = text.Split('/')[0];
        return first.Length > 1 && first[0] == '~' ? $" Only ~/ stands for a home folder, that of whoever runs the command: write the folder of '{first}' out."
            : text.Contains("${", StringComparison.Ordinal) || first.StartsWith('$') || text.Split('%').Length > 2
                ? " Variables are not replaced here: write the path out, begin it with ~/ for the home folder, or let the shell replace them in --set."
                : "";
    }
}
