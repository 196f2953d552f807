using Granary.Extensions.Tests.Formats;
using Granary.Jobs;

namespace Granary.Extensions.Tests;

/// <summary>A job with a model, a format and an optimiser from outside. It has 83,202 weights and more, in several blocks: slices, replicas of the state, checkpoints
/// and transfers all have a part.</summary>
internal static class GatedJob
{
    /// <summary>Writes the job's data into a folder.</summary>
    public static void WriteData(string folder)
    {
        var random = new Random(7);
        Records.Write(Path.Combine(folder, "blobs.records"), 2, Enumerable.Range(0, 200).Select(i => (
            new[] { (float)(random.NextDouble() + (i % 3 * 2)), (float)(random.NextDouble() - (i % 3 % 2)) }, i % 3)));
    }

    /// <summary>The job: 10 steps an epoch.</summary>
    /// <param name="folder">Where its data is.</param>
    /// <param name="epochs">How many.</param>
    /// <param name="overrides">As after --set.</param>
    public static Job Make(string folder, int epochs = 60, params string[] overrides) => JobFile.Parse(
        $$"""
        version: 1
        name: together
        model:
          kind: gated
          activation: tanh
          options: { units: 4000 }
        data:
          format: records
          path: {{folder}}/blobs.records
          standardize: true
          shards: 5
          options: { prefix: x }
        training:
          epochs: {{epochs}}
          batch: 20
          optimizer: { kind: cautious, learningRate: 0.001, options: { beta2: 0.99 } }
          checkpoint: { steps: 50, seconds: 0 }
        """,
        "together.yaml",
        folder,
        overrides,
        folder);

    /// <summary>Its end on one silo that nothing happens to.</summary>
    public static async Task<Granary.Contracts.JobStatus> Undisturbed(string folder, Job job)
    {
        await using var cluster = await Cluster.Deploy(1, folder);
        return await Cluster.End(await cluster.Submit(job));
    }
}
