using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Grains.Tests;

/// <summary>What a job writes to its output folder, and what it leaves alone.</summary>
public sealed class OutputTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string At(string name) => Path.Combine(_folder, name);

    private Job Blobs(int epochs = 2)
    {
        var job = SmallCluster.Blobs(_folder);
        return job with { Training = job.Training with { Epochs = epochs } };
    }

    private Task<JobStatus> Run(Submission submission, Func<ICatalogueGrain, ICoordinatorGrain, Task>? meanwhile = null) =>
        SmallCluster.Run(At("cluster"), submission, meanwhile, "cpu");

    private static string[] Names(string folder) => [.. Directory.GetFileSystemEntries(folder).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    [Fact]
    public async Task An_output_that_cannot_be_written_to_fails_the_job_before_its_first_step()
    {
        File.WriteAllText(At("file"), "mine");
        Directory.CreateDirectory(At("mine/state"));
        File.WriteAllText(At("mine/state/important.txt"), "mine");
        foreach (var (output, message) in new[] { (At("file"), "this is no folder"), ("/proc/nope/x", "the folder cannot be made"), (At("mine"), "say --overwrite") })
        {
            var status = await Run(new Submission(Blobs(), output));
            Assert.Equal((JobState.Failed, 0), (status.State, status.Step));
            Assert.StartsWith(output, status.Failure);
            Assert.Contains(message, status.Failure);
            Assert.Null(status.Result); // of a model that does not exist nobody speaks
        }

        Assert.Equal("mine", File.ReadAllText(At("file")));
        Assert.Equal(["important.txt"], Names(At("mine/state")));
    }

    [Fact]
    public async Task A_job_that_fails_before_its_first_step_leaves_the_folder_to_the_next()
    {
        for (var i = 0; i < 2; i++)
        {
            var status = await Run(new Submission(SmallCluster.Blobs(_folder, model: new ModelSection { Kind = "wrong" }), At("run")));
            Assert.Contains("is wrong in float32", status.Failure);
            Assert.Empty(Names(At("run")));
        }
    }

    [Fact]
    public async Task Overwriting_replaces_a_runs_files_and_nothing_else()
    {
        Assert.Equal(JobState.Completed, (await Run(new Submission(Blobs(), At("run")))).State);
        Assert.Equal(["job.yaml", "metrics.jsonl", "model.safetensors", "state", "summary.json"], Names(At("run")));
        File.WriteAllText(At("run/notes.txt"), "mine");
        File.WriteAllText(At("run/state/important.txt"), "mine");
        File.WriteAllText(At("run/state/mine.bin"), "mine");
        string[] before = [.. Names(At("run/state"))];

        var refused = await Run(new Submission(Blobs(3), At("run")));
        Assert.Contains("it is the output of the job", refused.Failure);
        Assert.Equal(before, Names(At("run/state")));

        var second = await Run(new Submission(Blobs(3), At("run"), Overwrite: true));
        Assert.Equal(JobState.Completed, second.State);
        Assert.Contains(second.JobId, File.ReadAllText(At("run/summary.json")), StringComparison.Ordinal);
        Assert.Equal(["job.yaml", "metrics.jsonl", "model.safetensors", "notes.txt", "state", "summary.json"], Names(At("run")));
        var state = Names(At("run/state"));
        Assert.Equal(["important.txt", "mine.bin", "state.json"], state.Where(s => !s.StartsWith(second.JobId, StringComparison.Ordinal)));
        Assert.Equal(4, state.Length); // of the first run nothing is left

        // In place, and from what is really there.
        var third = await Run(new Submission(Blobs(5), At("run"), Continue: At("run")));
        Assert.Equal((JobState.Completed, 5 * 160), (third.State, third.Examples));
        Assert.Equal((await Run(new Submission(Blobs(5), null))).Result!.WeightsSha256, third.Result!.WeightsSha256);
        Assert.Equal(["important.txt", "mine.bin", "state.json"], Names(At("run/state")).Where(s => !s.StartsWith(third.JobId, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_model_that_its_output_does_not_take_goes_to_the_clusters_own_place()
    {
        var status = await Run(new Submission(Blobs(100_000), At("run")), async (_, coordinator) =>
        {
            await SmallCluster.Until(coordinator, s => s.Step > 0);
            Directory.Delete(At("run"), recursive: true);
            File.WriteAllText(At("run"), "mine"); // in its place
            await coordinator.Cancel();
        });
        Assert.Equal(JobState.Failed, status.State);
        Assert.StartsWith($"{At("run")}: this is no folder", status.Failure);
        Assert.Contains($"The model was written to {status.Result!.Output} instead.", status.Failure);
        Assert.Equal(At("cluster"), Path.GetDirectoryName(status.Result.Output));
        Assert.Equal(["job.yaml", "metrics.jsonl", "model.safetensors", "state", "summary.json"], Names(status.Result.Output));
        Assert.Equal("mine", File.ReadAllText(At("run")));
    }
}
