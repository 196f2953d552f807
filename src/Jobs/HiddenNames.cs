namespace Granary.Jobs;

/// <summary>Names that are no data, as Spark, Hive and Arrow have it: those that begin with '.' or '_' (copies that editors and file systems
/// keep, checksums, `_SUCCESS`, `_metadata`), and an editor's backups, which end with '~'.</summary>
internal static class HiddenNames
{
    private static readonly string[] Bookkeeping = ["_SUCCESS", "_metadata", "_common_metadata", ".DS_Store", ".gitignore", ".gitkeep", ".gitattributes"];

    /// <summary>Whether a wildcard passes a name by. One that itself begins (or ends) with the character names such files outright.</summary>
    public static bool Hides(string pattern, string name) =>
        (name[0] is '.' or '_' && pattern[0] != name[0]) || (name[^1] == '~' && pattern[^1] != '~');

    /// <summary>Whether a hidden file is one that programs leave beside data: nobody would look for data in it.</summary>
    public static bool IsBookkeeping(string name) => Bookkeeping.Contains(name) || (name[0] == '.' && name.EndsWith(".crc", StringComparison.Ordinal))
        || name.StartsWith("_started_", StringComparison.Ordinal) || name.StartsWith("_committed_", StringComparison.Ordinal);
}
