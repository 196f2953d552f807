using System.IO.Enumeration;

namespace Granary.Jobs;

/// <summary>The files of a store that a folder or a glob names, by the rules of <see cref="DataFiles"/>. Plain but for the list.</summary>
internal static class StoredGlob
{
    private const string AnyFolders = "**";

    private enum Fit { None, Hidden, Whole }

    /// <summary>Finds them, in ordinal order of their paths.</summary>
    /// <param name="path">A folder or a glob.</param>
    /// <param name="leftOut">Receives those that are left out for their names alone; null: nobody asks.</param>
    public static IReadOnlyList<string> Find(string path, SortedSet<string>? leftOut)
    {
        var parts = (DataFiles.IsGlob(path) ? path : StoredPath.Combine(path, AnyFolders)).Split('/');
        var first = Array.FindIndex(parts, DataFiles.IsGlob);
        var root = string.Join('/', parts[..first]);
        var files = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var file in FileStores.Of(path).List(root).Select(f => f.Path))
        {
            switch (Of(parts[first..], file[(root.Length + 1)..].Split('/')))
            {
                case Fit.Whole:
                    files.Add(file);
                    break;
                case Fit.Hidden when !HiddenNames.IsBookkeeping(file[(file.LastIndexOf('/') + 1)..]):
                    leftOut?.Add(file);
                    break;
            }
        }

        return [.. files];
    }

    private static Fit Of(ReadOnlySpan<string> pattern, ReadOnlySpan<string> names)
    {
        if (pattern[0] == AnyFolders)
        {
            // At the end of a glob it stands for the files of those folders too.
            var here = Of(pattern.Length == 1 ? ["*"] : pattern[1..], names);
            return here == Fit.Whole || names.Length == 1 ? here : (Fit)Math.Max((int)here, (int)Below(AnyFolders, names[0], Of(pattern, names[1..])));
        }

        if (pattern.Length == 1 != (names.Length == 1) || !FileSystemName.MatchesSimpleExpression(pattern[0], names[0], ignoreCase: false))
        {
            return Fit.None;
        }

        return Below(pattern[0], names[0], pattern.Length == 1 ? Fit.Whole : Of(pattern[1..], names[1..]));
    }

    private static Fit Below(string pattern, string name, Fit fit) => fit == Fit.Whole && HiddenNames.Hides(pattern, name) ? Fit.Hidden : fit;
}
