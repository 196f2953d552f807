namespace Granary.Jobs;

/// <summary>Where a path leads: every link in it followed, as the system follows them when the file is opened.</summary>
internal static class RealPath
{
    private const int MostLinks = 40;

    /// <summary>The place; parts that are not there stay as they are written. Null: links lead to each other.</summary>
    /// <param name="path">The path. Relative ones start at the current folder.</param>
    public static string? Of(string path)
    {
        var whole = Path.IsPathRooted(path) ? path : Path.Combine(Environment.CurrentDirectory, path);
        var at = Path.GetPathRoot(whole)!;
        var left = new Stack<string>();
        Push(whole[at.Length..], left);
        var links = 0;
        while (left.TryPop(out var name))
        {
            if (name == "..")
            {
                at = Path.GetDirectoryName(at) ?? at; // of where the links before it lead, not of how that is written
                continue;
            }

            var next = Path.Combine(at, name);
            if (Link(next) is not { } target)
            {
                at = next;
                continue;
            }

            if (++links > MostLinks)
            {
                return null;
            }

            var root = Path.GetPathRoot(target) ?? "";
            at = root.Length > 0 ? root : at;
            Push(target[root.Length..], left);
        }

        return at;
    }

    /// <summary>Where the file that a stream has open is now; null where the system does not say.</summary>
    public static string? Of(FileStream open) => OperatingSystem.IsLinux()
        ? Link(FormattableString.Invariant($"/proc/self/fd/{open.SafeFileHandle.DangerousGetHandle()}"))
        : null;

    private static void Push(string path, Stack<string> names)
    {
        foreach (var name in path.Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).Reverse().Where(n => n != "."))
        {
            names.Push(name);
        }
    }

    private static string? Link(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (FileTrouble.Is(e))
        {
            return null; // opening it will say why
        }
    }
}
