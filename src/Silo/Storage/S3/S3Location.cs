using System.Text.RegularExpressions;
using Granary.Jobs;

namespace Granary.Silo.Storage.S3;

/// <summary>A place in a bucket: s3://BUCKET or s3://BUCKET/PREFIX.</summary>
/// <param name="Bucket">The bucket.</param>
/// <param name="Prefix">What every key begins with: empty, or with a slash at its end.</param>
internal sealed partial record S3Location(string Bucket, string Prefix)
{
    private const string Scheme = "s3://";

    /// <summary>Whether a place is meant to be in a bucket.</summary>
    public static bool IsS3(string place) => place.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads it.</summary>
    /// <exception cref="JobException">It is none.</exception>
    public static S3Location Parse(string place)
    {
        var (bucket, _, prefix) = Split(IsS3(place) ? place[Scheme.Length..] : "");
        string[] folders = prefix.Length == 0 ? [] : prefix.TrimEnd('/').Split('/');
        return BucketName().IsMatch(bucket) && folders.All(f => FolderName().IsMatch(f) && f is not ("." or ".."))
            ? new S3Location(bucket, string.Concat(folders.Select(f => f + "/")))
            : throw new JobException($"'{place}' is no place in a bucket: give it as s3://BUCKET/PREFIX, in letters, digits and the characters . _ - of the names.");
    }

    private static (string Before, bool Found, string After) Split(string path) =>
        path.IndexOf('/', StringComparison.Ordinal) is >= 0 and var at ? (path[..at], true, path[(at + 1)..]) : (path, false, "");

    /// <inheritdoc/>
    public override string ToString() => $"{Scheme}{Bucket}/{Prefix}".TrimEnd('/');

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{1,62}$")]
    private static partial Regex BucketName();

    [GeneratedRegex("^[A-Za-z0-9._=-]{1,200}$")]
    private static partial Regex FolderName();
}
