namespace Granary.Jobs;

/// <summary>A file of a store, as it was when the store was asked.</summary>
/// <param name="Path">Its whole path: "s3://BUCKET/KEY".</param>
/// <param name="Length">Bytes.</param>
/// <param name="Tag">Of its content: another content has another tag.</param>
public sealed record StoredFile(string Path, long Length, string Tag);
