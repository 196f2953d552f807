using System.Security.Cryptography;
using Granary.Jobs;

namespace Granary.Web.Uploads;

/// <summary>Uploads in a directory that every silo sees: FOLDER/SHA256/NAME, with the name that the file came with first.</summary>
/// <param name="folder">The directory; made when it is needed. Null: nothing is taken.</param>
/// <param name="space">What all uploads there may take; null where the folder is.</param>
internal sealed class DirectoryUploads(string? folder, UploadSpace? space) : IUploadStore
{
    private const int ChunkBytes = 1 << 17;
    private const int LongestName = 100;

    /// <inheritdoc/>
    public (string Path, long Bytes)? Find(string sha256) => folder is not null && First(Path.Combine(folder, sha256)) is { } file ? (file, new FileInfo(file).Length) : null;

    /// <inheritdoc/>
    public async Task<(string Path, long Bytes)> Take(string sha256, string name, long length, Stream content, CancellationToken cancellation)
    {
        if (folder is null || space is null)
        {
            throw new UploadRefusedException("this silo takes no uploads.");
        }

        if (Find(sha256) is { } there)
        {
            return there; // it takes no space a second time
        }

        string? own = null;
        try
        {
            own = await space.Reserve(length, cancellation);
            var place = Path.Combine(folder, sha256);
            var found = await Write(own, content, cancellation);
            if (found != sha256)
            {
                throw new UploadRefusedException($"what has arrived has the SHA-256 {found}, and was to have {sha256}. It was changed on the way, or while it was read: upload it again.");
            }

            return await space.Alone(
                () =>
                {
                    Directory.CreateDirectory(place);
                    if (First(place) is null)
                    {
                        File.Move(own, Path.Combine(place, FileName(name))); // of two that came at once, both are the same
                    }

                    return Find(sha256)!.Value;
                },
                cancellation);
        }
        catch (IOException e) when (FileTrouble.IsFullDisk(e))
        {
            throw new UploadSpaceException("the disk of uploads is full. Have an operator make room there, or name a folder of another disk as --uploads.");
        }
        catch (Exception e) when (FileTrouble.Is(e) && e is not FileNotFoundException)
        {
            throw new UploadsUnavailableException($"uploads cannot be kept in {folder}: {FileTrouble.Reason(e)}. Have an operator look at it, or put the file under a data root of the cluster.");
        }
        finally
        {
            if (own is not null)
            {
                File.Delete(own);
            }
        }
    }

    // Returns the content's SHA-256.
    private static async Task<string> Write(string path, Stream content, CancellationToken cancellation)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var chunk = new byte[ChunkBytes];
        for (var count = 0; (count = await content.ReadAsync(chunk, cancellation)) > 0;)
        {
            hash.AppendData(chunk, 0, count);
            await file.WriteAsync(chunk.AsMemory(0, count), cancellation);
        }

        file.Flush(flushToDisk: true);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string? First(string place) => Directory.Exists(place) ? Directory.EnumerateFiles(place).Order(StringComparer.Ordinal).FirstOrDefault() : null;

    // A name is chosen by a client, and becomes a part of a path.
    private static string FileName(string name)
    {
        var plain = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '_'));
        plain = (plain.Length <= LongestName ? plain : plain[^LongestName..]).TrimStart('.');
        return plain.Length == 0 ? "data" : plain;
    }
}
