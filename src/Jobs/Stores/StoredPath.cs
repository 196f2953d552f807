using System.Text.RegularExpressions;

namespace Granary.Jobs;

/// <summary>Paths into a store of files: s3://BUCKET/KEY. Plain rules.</summary>
public static partial class StoredPath
{
    /// <summary>What they begin with.</summary>
    public const string Scheme = "s3://";

    private const int LongestKey = 1024;

    /// <summary>Whether a path leads into a store.</summary>
    public static bool Is(string? path) => path?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>The path in its one spelling: a separator at its end is left out.</summary>
    public static string Normal(string path) => Scheme + path[Scheme.Length..].TrimEnd('/');

    /// <summary>Why a path is none that a store could have, as a sentence; null: it is one.</summary>
    public static string? Refusal(string path)
    {
        var (bucket, key) = Split(path);
        return !BucketName().IsMatch(bucket) || key.Length > LongestKey || key.Any(char.IsControl) || (key.Length > 0 && key.Split('/').Any(n => n is "" or "." or ".."))
            ? $"'{path}' is no path into a store: give it as s3://BUCKET/KEY, without empty names, . and .. in it."
            : null;
    }

    /// <summary>Bucket and key; the key is empty where there is none.</summary>
    public static (string Bucket, string Key) Split(string path)
    {
        var rest = Normal(path)[Scheme.Length..];
        var at = rest.IndexOf('/', StringComparison.Ordinal);
        return at < 0 ? (rest, "") : (rest[..at], rest[(at + 1)..]);
    }

    /// <summary>A path within a folder.</summary>
    public static string Combine(string folder, string name) => $"{folder.TrimEnd('/')}/{name}";

    /// <summary>The folder that a file is in.</summary>
    public static string Folder(string path) => path[..path.LastIndexOf('/')];

    /// <summary>Whether a path is a folder, or something below it.</summary>
    public static bool IsWithin(string folder, string path) => Normal(path) is var whole && Normal(folder) is var root
        && (whole == root || whole.StartsWith(root + "/", StringComparison.Ordinal));

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{1,62}$")]
    private static partial Regex BucketName();
}
