using Granary.Grains.Checkpoints;
using Granary.Jobs;
using Granary.Silo.Hosting;
using Granary.Silo.Storage.S3;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Granary.Silo.Storage;

/// <summary>Where a silo keeps checkpoints: a directory, or a bucket where --checkpoints names one.</summary>
internal static class CheckpointStores
{
    /// <summary>The place that --checkpoints names.</summary>
    /// <param name="text">What it is given; empty: nothing.</param>
    /// <param name="home">The silo's home, in which it is otherwise.</param>
    /// <exception cref="SettingException">It is no place that a silo knows.</exception>
    public static string Place(string text, string home) =>
        text.Length == 0 ? UserPath.Absolute(Path.Combine(home, "checkpoints"), Environment.CurrentDirectory)
        : S3Location.IsS3(text) ? S3Location.Parse(text).ToString()
        : text.Contains("://", StringComparison.Ordinal) ? throw new SettingException($"--checkpoints is '{text}', but must be a directory or s3://BUCKET/PREFIX.")
        : UserPath.Absolute(text, Environment.CurrentDirectory);

    /// <summary>Has checkpoints kept in a bucket where that is their place, and the silo's program has no store of its own. A store that does not answer just now
    /// may do so later: the silo starts, and says so.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="place">The place.</param>
    /// <exception cref="JobException">The bucket is not there, or the keys are wrong.</exception>
    public static void Add(ISiloBuilder silo, string place)
    {
        if (!S3Location.IsS3(place) || silo.Services.Any(s => s.ServiceType == typeof(ICheckpointStore)))
        {
            return;
        }

        var store = new S3CheckpointStore(place);
        if (store.Check() is { } trouble)
        {
            Console.Error.WriteLine($"warning: {trouble}. Until it answers no checkpoint is written, and a job that must go back to one waits");
        }

        silo.Services.TryAddSingleton<ICheckpointStore>(store);
    }
}
