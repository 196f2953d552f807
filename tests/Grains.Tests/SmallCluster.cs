using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Grains.Tests;

/// <summary>One job on an Orleans test cluster in this process.</summary>
internal static class SmallCluster
{
    /// <summary>Runs a job to its end.</summary>
    /// <param name="folder">For outputs and checkpoints.</param>
    /// <param name="job">The job.</param>
    /// <param name="devices">What each silo claims to compute on: so many silos there are.</param>
    public static Task<JobStatus> Run(string folder, Job job, params string[] devices) => Run(folder, new Submission(job, null), null, devices);

    /// <summary>Hands a job in, does something meanwhile, and waits for its end.</summary>
    public static Task<JobStatus> Run(
        string folder, Submission submission, Func<ICatalogueGrain, ICoordinatorGrain, Task>? meanwhile, params string[] devices) => With(
            folder,
            async grains =>
            {
                var catalogue = grains.GetGrain<ICatalogueGrain>(0);
                var coordinator = grains.GetGrain<ICoordinatorGrain>(await catalogue.Submit(submission));
                await (meanwhile?.Invoke(catalogue, coordinator) ?? Task.CompletedTask);
                return await Until(coordinator, s => s.State is JobState.Completed or JobState.Failed);
            },
            devices);

    /// <summary>Starts a cluster, uses it and stops it.</summary>
    public static async Task<T> With<T>(string folder, Func<IGrainFactory, Task<T>> use, params string[] devices)
    {
        await using var cluster = await GranaryCluster.Deploy(devices.Length, folder, devices);
        return await use(cluster.Client);
    }

    /// <summary>Waits until something holds of a job.</summary>
    public static Task<JobStatus> Until(ICoordinatorGrain coordinator, Func<JobStatus, bool> holds) => GranaryCluster.Until(coordinator, holds);

    /// <summary>Three clouds of points, 200 of them in 5 shards, 160 to train on.</summary>
    public static Job Blobs(string folder, int seed = 1, double rate = 0.5, ModelSection? model = null)
    {
        var path = Path.Combine(folder, "blobs.csv");
        var random = new Random(7);
        File.WriteAllText(path, "x,y,label\n" + string.Concat(Enumerable.Range(0, 200).Select(i => FormattableString.Invariant(
            $"{random.NextDouble() + (i % 3 * 2)},{random.NextDouble() - (i % 3 % 2)},c{i % 3}\n"))));
        return new Job(
            1,
            "blobs",
            model ?? new ModelSection { Kind = "softmax" },
            new DataSection { Format = "csv", Path = path, Label = "label", Standardize = true, Shards = 5, Validation = new() { Fraction = 0.2 } },
            new TrainingSection { Epochs = 20, Batch = 16, Seed = seed, Optimizer = new() { LearningRate = rate } });
    }
}
