using System.IO.Hashing;
using Granary.Contracts;
using Granary.Grains.Checkpoints;
using Granary.Jobs;

namespace Granary.Silo.Storage.S3;

/// <summary>Checkpoints in a bucket of S3, or of a server that speaks its protocol: PREFIX/JOB/step-S-gG/blocks-N.bin. An object is there whole or not at all, and a part
/// is never written over: the same part again, written by a try whose answer was lost, is one part.
/// A silo's program takes this store for <c>--checkpoints s3://BUCKET/PREFIX</c>.</summary>
public sealed class S3CheckpointStore : ICheckpointStore, IDisposable
{
    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan TimeToStart = TimeSpan.FromSeconds(10);

    private readonly S3Location _place;
    private readonly S3Objects _objects;

    /// <param name="place">s3://BUCKET/PREFIX. Endpoint, region and keys come from the environment: AWS_ENDPOINT_URL_S3, AWS_REGION, AWS_ACCESS_KEY_ID and so on.</param>
    /// <param name="patience">The longest that a request takes with its retries; null: 45 s.</param>
    /// <exception cref="JobException">The place is none in a bucket, or the environment does not say where the server is.</exception>
    public S3CheckpointStore(string place, TimeSpan? patience = null)
    {
        ArgumentNullException.ThrowIfNull(place);
        _place = S3Location.Parse(place);
        _objects = new S3Objects(_place, S3Client.Create(), patience ?? LongestCall);
    }

    /// <inheritdoc/>
    /// <remarks>With bucket and prefix: silos of one cluster must have the same.</remarks>
    public string Name => _place.ToString();

    /// <summary>Asks the store for something. Returns why it cannot be asked just now; null: it has answered.</summary>
    /// <exception cref="JobException">It refuses, and will go on to: the bucket is not there, or the keys are wrong.</exception>
    public string? Check()
    {
        try
        {
            _ = _objects.List("", delimiter: "/", most: 1, TimeToStart);
            return null;
        }
        catch (StoreUnavailableException e)
        {
            return S3Trouble.Remedy(e.InnerException) is { } remedy
                ? throw new JobException($"The checkpoint store cannot be used: {e.Message.TrimEnd('.')}. {remedy}")
                : e.Message;
        }
    }

    /// <inheritdoc/>
    public void Write(CheckpointId checkpoint, int part, Action<Stream> content)
    {
        ArgumentNullException.ThrowIfNull(content);
        var key = Key(checkpoint, part);
        using var upload = new S3Upload(_objects, key);
        try
        {
            content(upload);
            if (!upload.Complete() && !Holds(key, upload))
            {
                throw new IOException($"{_place} has another {key} already: some other cluster writes there. Give each cluster a prefix of its own");
            }
        }
        catch
        {
            upload.Abandon();
            throw;
        }
    }

    // What is there is what was to be written. If it is not there at all, the upload is lost, and is tried again with the next checkpoint.
    private bool Holds(string key, S3Upload upload)
    {
        if (_objects.Find(key) is not { } found)
        {
            throw new StoreUnavailableException($"{_place} does not know the upload of {key} any more");
        }

        if (found.Length != upload.Length)
        {
            return false;
        }

        upload.Abandon();
        using var there = new S3Reading(_objects, key, found.Length, found.Tag);
        var hash = new XxHash128();
        hash.Append(there);
        return upload.Hash.AsSpan().SequenceEqual(hash.GetCurrentHash());
    }

    /// <inheritdoc/>
    public Stream Open(CheckpointId checkpoint, int part)
    {
        var key = Key(checkpoint, part);
        return _objects.Find(key) is { } found
            ? new S3Reading(_objects, key, found.Length, found.Tag)
            : throw new IOException($"{_place}/{key} is not there");
    }

    /// <inheritdoc/>
    public IReadOnlyCollection<CheckpointId> List(string job) =>
        [.. _objects.List($"{job}/", delimiter: "/").Folders.Select(f => CheckpointName.Parse(job, f.TrimEnd('/')[(job.Length + 1)..])).OfType<CheckpointId>()];

    /// <inheritdoc/>
    public void Remove(CheckpointId checkpoint)
    {
        foreach (var key in _objects.List(Folder(checkpoint), delimiter: null).Keys)
        {
            _objects.Remove(key);
        }
    }

    /// <inheritdoc/>
    public string Describe(CheckpointId checkpoint) => $"{_place}/{Folder(checkpoint).TrimEnd('/')}";

    private static string Folder(CheckpointId checkpoint) => $"{checkpoint.Job}/{CheckpointName.Folder(checkpoint)}/";

    private static string Key(CheckpointId checkpoint, int part) => Folder(checkpoint) + CheckpointName.Part(part);

    /// <inheritdoc/>
    public void Dispose() => _objects.Dispose();
}
