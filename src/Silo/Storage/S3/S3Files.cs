using System.Collections.Concurrent;
using System.Diagnostics;
using Granary.Jobs;

namespace Granary.Silo.Storage.S3;

/// <summary>Files in buckets of S3, or of a server that speaks its protocol: a job's data, models, and what jobs leave. Endpoint, region and keys come from the environment, as for
/// <see cref="S3CheckpointStore"/>.</summary>
/// <param name="patience">How long a store that does not answer is asked again; null: 2 minutes.</param>
/// <param name="trouble">Told once for each time that a store does not answer; null: nobody.</param>
public sealed class S3Files(TimeSpan? patience = null, Action<string>? trouble = null) : IFileStore, IDisposable
{
    private static readonly TimeSpan Usual = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan Known = TimeSpan.FromSeconds(5);

    private readonly TimeSpan _longestCall = patience < LongestCall ? patience.Value : LongestCall;
    private readonly S3Patience _patience = new(patience ?? Usual, trouble);
    private readonly ConcurrentDictionary<string, S3Objects> _buckets = new();
    private readonly ConcurrentDictionary<string, (StoredFile? File, long When)> _found = new();
    private readonly ConcurrentDictionary<string, (IReadOnlyList<StoredFile> Files, long When)> _lists = new();

    /// <inheritdoc/>
    public StoredFile? Find(string path, bool afresh = false)
    {
        if (!afresh && _found.TryGetValue(path, out var known) && IsYoung(known.When))
        {
            return known.File;
        }

        var (objects, key) = Object(path);
        if (key.Length == 0)
        {
            return null; // a bucket
        }

        var file = _patience.Ask(() => objects.Find(key)) is { } found ? new StoredFile(path, found.Length, found.Tag) : null;
        Note(path, file);
        return file;
    }

    /// <inheritdoc/>
    public bool HasFolder(string folder)
    {
        var (objects, key) = Object(folder);
        return (_lists.TryGetValue(folder, out var known) && IsYoung(known.When) && known.Files.Count > 0) || _patience.Ask(() => objects.List(Start(key), delimiter: null, most: 1)).Keys.Count > 0;
    }

    /// <inheritdoc/>
    public IReadOnlyList<StoredFile> List(string folder, bool afresh = false)
    {
        if (!afresh && _lists.TryGetValue(folder, out var known) && IsYoung(known.When))
        {
            return known.Files;
        }

        var (objects, key) = Object(folder);
        var (root, _) = StoredPath.Split(folder);
        StoredFile[] files = [.. objects.Files(Start(key), _patience)
            .Where(f => !f.Key.EndsWith('/')) // what some programs leave to show a folder
            .Select(f => new StoredFile($"{StoredPath.Scheme}{root}/{f.Key}", f.Length, f.Tag)).OrderBy(f => f.Path, StringComparer.Ordinal)];
        Forget();
        _lists[folder] = (files, Stopwatch.GetTimestamp());
        Array.ForEach(files, f => Note(f.Path, f));
        return files;
    }

    /// <inheritdoc/>
    public Stream OpenRead(StoredFile file, long? end = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        var (objects, key) = Object(file.Path);
        return new S3FileStream(file.Length, end, (from, to) => Read(objects, key, file, from, to));
    }

    private void Read(S3Objects objects, string key, StoredFile file, long from, Memory<byte> to)
    {
        try
        {
            _patience.Ask(() =>
            {
                objects.Read(key, file.Tag, from, to);
                return true;
            });
        }
        catch (IOException e) when (e is not FileStoreException)
        {
            _found.TryRemove(file.Path, out _);
            throw new JobException($"{file.Path} has been changed or removed while it was read. Leave data alone while a job reads it, and submit the job again to train on what is there now.");
        }
    }

    /// <inheritdoc/>
    public bool Write(string path, Action<Stream> content, bool ifNew = false)
    {
        ArgumentNullException.ThrowIfNull(content);
        var (objects, key) = Object(path);
        _found.TryRemove(path, out _);
        _lists.Clear();
        // Where the answer to its last request was lost, a store may say that it does not know the upload: once more, then.
        if (Upload(objects, key, content, ifNew) || (!ifNew && Upload(objects, key, content, ifNew)))
        {
            return true;
        }

        return ifNew ? false : throw new FileStoreException($"{path} could not be written: the store does not know the upload any more");
    }

    private bool Upload(S3Objects objects, string key, Action<Stream> content, bool ifNew)
    {
        using var upload = new S3Upload(objects, key, ifNew, _patience);
        try
        {
            content(upload);
            return upload.Complete();
        }
        catch
        {
            upload.Abandon();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Remove(string path)
    {
        var (objects, key) = Object(path);
        _found.TryRemove(path, out _);
        _lists.Clear();
        _patience.Ask(() =>
        {
            objects.Remove(key);
            return true;
        });
    }

    private (S3Objects Objects, string Key) Object(string path)
    {
        var (bucket, key) = StoredPath.Split(path);
        return (_buckets.GetOrAdd(bucket, b => new S3Objects(new S3Location(b, ""), S3Client.Create(), _longestCall)), key);
    }

    private static string Start(string key) => key.Length == 0 ? "" : key + "/";

    private void Note(string path, StoredFile? file)
    {
        if (_found.Count > MostKnown)
        {
            _found.Clear(); // they are known for seconds alone
        }

        _found[path] = (file, Stopwatch.GetTimestamp());
    }

    private const int MostKnown = 100_000;

    private void Forget()
    {
        foreach (var (path, known) in _found.Where(f => !IsYoung(f.Value.When)))
        {
            _found.TryRemove(KeyValuePair.Create(path, known));
        }

        foreach (var (folder, known) in _lists.Where(l => !IsYoung(l.Value.When)))
        {
            _lists.TryRemove(KeyValuePair.Create(folder, known));
        }
    }

    private static bool IsYoung(long when) => Stopwatch.GetElapsedTime(when) < Known;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var objects in _buckets.Values)
        {
            objects.Dispose();
        }
    }
}
