using System.Collections.Concurrent;
using Granary.Grains.Shards;
using Granary.Model.Files;

namespace Granary.Grains.Evaluations;

/// <summary>Models that this silo has read for evaluations, each once.</summary>
internal sealed class SavedModels(ReadingThreads reading)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<TrainedModel>>> _models = new();

    /// <summary>A model.</summary>
    /// <exception cref="Granary.Jobs.JobException">It cannot be used.</exception>
    public async Task<TrainedModel> Get(string path)
    {
        var loading = _models.GetOrAdd(path, p => new Lazy<Task<TrainedModel>>(() => reading.Run(() => TrainedModel.Load(p))));
        try
        {
            return await loading.Value;
        }
        catch
        {
            _models.TryRemove(KeyValuePair.Create(path, loading));
            throw;
        }
    }

    /// <summary>Lets go of one.</summary>
    public void Forget(string path) => _models.TryRemove(path, out _);
}
