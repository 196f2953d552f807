using Amazon.S3;
using Amazon.S3.Model;
using Granary.Grains.Checkpoints;

namespace Granary.Silo.Storage.S3;

/// <summary>Objects under a prefix of a bucket. Every call has its time, with Amazon's own retries within it; one that comes to nothing in that time, or is
/// answered in a way that may change, is a <see cref="StoreUnavailableException"/>.</summary>
/// <param name="place">Bucket and prefix. Keys are told without the prefix.</param>
/// <param name="client">Amazon's client; these objects' own from now on.</param>
/// <param name="patience">The longest that a call takes.</param>
internal sealed class S3Objects(S3Location place, AmazonS3Client client, TimeSpan patience) : IDisposable
{
    private const int TriesToRead = 3;

    private static readonly TimeSpan TimeToAbandon = TimeSpan.FromSeconds(5);

    private volatile bool _knowsConditions = true;

    /// <summary>Writes an object, unless there is one of that name that is to stay. Returns whether it was written.</summary>
    public bool Put(string key, MemoryStream content, bool ifNew = true) => IfNew(ifNew, condition => Ask(async enough =>
    {
        using var body = Body(content);
        await client.PutObjectAsync(
            new PutObjectRequest { BucketName = place.Bucket, Key = place.Prefix + key, InputStream = body, UseChunkEncoding = false, IfNoneMatch = condition }, enough);
        return true;
    }));

    /// <summary>Begins an object that is sent in pieces; returns the name of the upload. Until it is ended there is no such object.</summary>
    public string Begin(string key) => Call(async enough =>
        (await client.InitiateMultipartUploadAsync(new InitiateMultipartUploadRequest { BucketName = place.Bucket, Key = place.Prefix + key }, enough)).UploadId);

    /// <summary>Sends a piece; returns its tag.</summary>
    public string PutPiece(string key, string upload, int number, MemoryStream content) => Call(async enough =>
    {
        using var body = Body(content);
        var answer = await client.UploadPartAsync(
            new UploadPartRequest
            {
                BucketName = place.Bucket,
                Key = place.Prefix + key,
                UploadId = upload,
                PartNumber = number,
                PartSize = body.Length,
                InputStream = body,
                UseChunkEncoding = false,
            },
            enough);
        return answer.ETag;
    });

    /// <summary>Makes an object of the pieces, unless there is one of that name that is to stay. Returns false where there is, and where the upload is not known any more:
    /// the answer to a call before this one, which ended it, may have been lost.</summary>
    public bool End(string key, string upload, IEnumerable<string> tags, bool ifNew = true) => IfNew(ifNew, condition => Ask(async enough =>
    {
        await client.CompleteMultipartUploadAsync(
            new CompleteMultipartUploadRequest
            {
                BucketName = place.Bucket,
                Key = place.Prefix + key,
                UploadId = upload,
                PartETags = [.. tags.Select((tag, i) => new PartETag(i + 1, tag))],
                IfNoneMatch = condition,
            },
            enough);
        return true;
    }));

    /// <summary>Has the pieces of an upload removed. Nobody waits long for it.</summary>
    public void Abandon(string key, string upload) => Call(
        enough => client.AbortMultipartUploadAsync(new AbortMultipartUploadRequest { BucketName = place.Bucket, Key = place.Prefix + key, UploadId = upload }, enough),
        patience < TimeToAbandon ? patience : TimeToAbandon);

    /// <summary>An object's length in bytes, and the tag of its content; null: there is none.</summary>
    public (long Length, string Tag)? Find(string key)
    {
        try
        {
            return Ask(async enough =>
            {
                var found = await client.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = place.Bucket, Key = place.Prefix + key }, enough);
                return (found.ContentLength, found.ETag);
            });
        }
        catch (AmazonS3Exception e) when (S3Trouble.IsMissing(e))
        {
            // An answer without a body does not say whether it is the bucket that is missing. The list does.
            return List(key, delimiter: null, most: 1).Keys.Contains(key)
                ? throw new StoreUnavailableException($"{place} has {key}, and does not find it just now", e)
                : null;
        }
    }

    /// <summary>Reads a range of an object, whose content must still be that of the tag.</summary>
    /// <param name="key">The object.</param>
    /// <param name="tag">Of its content.</param>
    /// <param name="from">First byte.</param>
    /// <param name="to">Receives as many bytes as it has.</param>
    /// <exception cref="IOException">The object is gone, or another one.</exception>
    public void Read(string key, string tag, long from, Memory<byte> to)
    {
        var request = new GetObjectRequest { BucketName = place.Bucket, Key = place.Prefix + key, ByteRange = new ByteRange(from, from + to.Length - 1), EtagToMatch = tag };
        try
        {
            Ask(async enough =>
            {
                for (var tries = 1; ; tries++)
                {
                    using var answer = await client.GetObjectAsync(request, enough);
                    if (answer.ContentLength != to.Length)
                    {
                        throw new InvalidDataException($"asked for {to.Length} bytes of {key}, it sends {answer.ContentLength}: it does not know ranges");
                    }

                    try
                    {
                        await answer.ResponseStream.ReadExactlyAsync(to, enough);
                        return true;
                    }
                    catch (IOException) when (tries < TriesToRead)
                    {
                        // The connection broke in the middle of the answer: Amazon's client repeats requests, not answers.
                    }
                }
            });
        }
        catch (AmazonS3Exception e) when (S3Trouble.IsMissing(e) || S3Trouble.IsThere(e) || S3Trouble.IsShorter(e))
        {
            throw new IOException($"{place} had {key}, which is gone or another one now");
        }
    }

    /// <summary>The names of objects and, where a delimiter is given, of folders that begin so.</summary>
    /// <param name="start">What they begin with.</param>
    /// <param name="delimiter">What ends a folder's name; null: there are none.</param>
    /// <param name="most">How many are enough.</param>
    /// <param name="time">The longest that a page takes; null: as any call.</param>
    public (HashSet<string> Keys, HashSet<string> Folders) List(string start, string? delimiter, int most = int.MaxValue, TimeSpan? time = null)
    {
        var (keys, folders) = (new HashSet<string>(), new HashSet<string>());
        string? next = null;
        do
        {
            var request = new ListObjectsV2Request { BucketName = place.Bucket, Prefix = place.Prefix + start, Delimiter = delimiter, ContinuationToken = next, MaxKeys = Math.Min(most, 1000) };
            var page = Call(enough => client.ListObjectsV2Async(request, enough), time);
            keys.UnionWith((page.S3Objects ?? []).Select(o => o.Key[place.Prefix.Length..]));
            folders.UnionWith((page.CommonPrefixes ?? []).Select(f => f[place.Prefix.Length..]));
            next = page.IsTruncated == true ? page.NextContinuationToken : null;
        }
        while (next is not null && keys.Count + folders.Count < most);

        return (keys, folders);
    }

    /// <summary>All objects that begin so, with their lengths in bytes and the tags of their contents.</summary>
    /// <param name="start">What they begin with.</param>
    /// <param name="patient">Asks for each page.</param>
    public IReadOnlyList<(string Key, long Length, string Tag)> Files(string start, S3Patience patient)
    {
        var files = new List<(string, long, string)>();
        string? next = null;
        do
        {
            var request = new ListObjectsV2Request { BucketName = place.Bucket, Prefix = place.Prefix + start, ContinuationToken = next };
            var page = patient.Ask(() => Call(enough => client.ListObjectsV2Async(request, enough)));
            files.AddRange((page.S3Objects ?? []).Select(o => (o.Key[place.Prefix.Length..], o.Size ?? 0, o.ETag)));
            next = page.IsTruncated == true ? page.NextContinuationToken : null;
        }
        while (next is not null);

        return files;
    }

    /// <summary>Removes an object; does nothing where there is none.</summary>
    public void Remove(string key) => Call(enough => client.DeleteObjectAsync(new DeleteObjectRequest { BucketName = place.Bucket, Key = place.Prefix + key }, enough));

    // A view: the client closes what it has sent.
    private static MemoryStream Body(MemoryStream content) => new(content.GetBuffer(), 0, (int)content.Length, writable: false);

    private bool IfNew(bool ifNew, Func<string?, bool> write)
    {
        try
        {
            if (ifNew && _knowsConditions)
            {
                try
                {
                    return write("*");
                }
                catch (AmazonS3Exception e) when (S3Trouble.KnowsNoConditions(e))
                {
                    _knowsConditions = false;
                }
            }

            return write(null);
        }
        catch (AmazonS3Exception e) when (S3Trouble.IsThere(e) || S3Trouble.IsMissing(e))
        {
            return false;
        }
    }

    // For requests to which "it is not there" and "it is there already" are answers.
    private T Ask<T>(Func<CancellationToken, Task<T>> request)
    {
        try
        {
            return Call(request);
        }
        catch (StoreUnavailableException e) when (S3Trouble.IsAnswer(e.InnerException))
        {
            throw e.InnerException!;
        }
    }

    // Callers may be blocked, and may be on a scheduler that would wait for itself.
    private T Call<T>(Func<CancellationToken, Task<T>> request, TimeSpan? most = null)
    {
        using var enough = new CancellationTokenSource(most ?? patience);
        try
        {
            return Task.Run(() => request(enough.Token)).GetAwaiter().GetResult();
        }
#pragma warning disable CA1031 // whatever it is, the objects are not lost
        catch (Exception e)
#pragma warning restore CA1031
        {
            throw S3Trouble.Unavailable(place, e, most ?? patience);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();
}
