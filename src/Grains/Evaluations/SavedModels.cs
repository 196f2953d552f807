using System.Collections.Concurrent;
using Granary.Grains.Shards;
using Granary.Jobs;
using Granary.Model.Files;

namespace Granary.Grains.Evaluations;

/// <summary>Models that this silo has read to evaluate and to predict, each once, as their files are now: one that was written anew is read anew.</summary>
internal sealed class SavedModels(ReadingThreads reading)
{
    private readonly ConcurrentDictionary<(string Path, long Bytes, DateTime Written), Lazy<Task<TrainedModel>>> _models = new();

    /// <summary>A model.</summary>
    /// <exception cref="JobException">It cannot be used.</exception>
    public async Task<TrainedModel> Get(string path)
    {
        var key = await reading.Run(() => KeyOf(path));
        var loading = _models.GetOrAdd(key, k => new Lazy<Task<TrainedModel>>(() => reading.Run(() => TrainedModel.Load(k.Path))));
        try
        {
            return await loading.Value;
        }
        catch
        {
            _models.TryRemove(KeyValuePair.Create(key, loading));
            throw;
        }
    }

    // Of a file that cannot be looked at, or that is a store's, the path alone: loading it says what is wrong.
    private static (string Path, long Bytes, DateTime Written) KeyOf(string path)
    {
        try
        {
            var file = new FileInfo(Directory.Exists(path) ? Path.Combine(path, SavedModel.FileName) : path);
            return (path, file.Exists ? file.Length : 0, file.LastWriteTimeUtc);
        }
        catch (Exception e) when (FileTrouble.Is(e) || e is ArgumentException)
        {
            return (path, 0, default);
        }
    }

    /// <summary>Lets go of one.</summary>
    public void Forget(string path)
    {
        foreach (var key in _models.Keys.Where(k => k.Path == path))
        {
            _models.TryRemove(key, out _);
        }
    }
}
