using System.Text;
using Granary.Contracts;
using Granary.Jobs;
using Granary.Model.Files;
using Granary.Silo.Storage.S3;
using Granary.Tests.Support;

namespace Granary.Extensions.Tests.S3;

/// <summary>Jobs whose data is on S3, and which leave their models there.</summary>
[Collection(S3StoreTests.InEnvironment)]
public sealed class S3OutputTests : IAsyncLifetime
{
    private const string Place = $"s3://{S3Server.Bucket}/runs/one";

    private S3Folder _s3 = null!;

    public async ValueTask InitializeAsync()
    {
        _s3 = await S3Folder.Start();
        _s3.Put("table.csv", S3Folder.Table(2000));
    }

    public ValueTask DisposeAsync() => _s3.DisposeAsync();

    private Job Job(string path, params string[] overrides) => _s3.Job($"{{ format: csv, path: '{path}', label: label, standardize: true, shards: 4, validation: {{ fraction: 0.2 }} }}", overrides);

    private async Task<JobStatus> Run(int silos, Job job)
    {
        await using var cluster = await Cluster.Deploy(silos, Path.Combine(_s3.Folder, $"silos-{silos}"));
        return await Cluster.End(await cluster.Submit(job));
    }

    private string[] Left => [.. _s3.Server.Objects.Keys.Where(k => k.StartsWith("runs/one/", StringComparison.Ordinal)).Select(k => k["runs/one/".Length..]).Order(StringComparer.Ordinal)];

    [Fact]
    public async Task The_weights_are_those_of_the_same_data_in_a_file_also_after_a_kill_and_the_summary_comes_last()
    {
        var expected = (await Run(1, Job(Path.Combine(_s3.Folder, "table.csv"), "training.epochs=60"))).Result!.WeightsSha256;
        var job = Job(S3Folder.Stored("table.csv"), $"output.path={Place}", "training.epochs=60");
        await using var cluster = await Cluster.Deploy(3, Path.Combine(_s3.Folder, "silos"));
        await cluster.HoldBack();
        var coordinator = await cluster.Submit(job);
        var running = await Cluster.Until(coordinator, s => s.Step >= 200 || s.State != JobState.Running);
        Assert.Equal(JobState.Running, running.State);
        await cluster.Kill(running.Members[^1].Name);
        await cluster.LetGo();
        var status = await Cluster.End(coordinator);
        Assert.Equal((expected, Place), (status.Result!.WeightsSha256, status.Result.Output));
        Assert.Equal(["job.yaml", "metrics.jsonl", "model.safetensors", "summary.json"], Left.Where(f => !f.StartsWith("state/", StringComparison.Ordinal)));
        Assert.Contains("state/state.json", Left);
        Assert.Equal("PUT runs/one/summary.json", _s3.Server.Requests.Last(r => r.StartsWith("PUT runs/one/", StringComparison.Ordinal)).Split('?')[0]);
        Assert.Equal(8, TrainedModel.Load(Place).Shape[0].Dims[0]);
        Assert.Contains($"\"weightsSha256\": \"{expected}\"", Encoding.UTF8.GetString(_s3.Server.Objects["runs/one/summary.json"].Content), StringComparison.Ordinal);

        // What one job has left is not another's.
        var second = await Cluster.Until(await cluster.Submit(job), s => s.State is JobState.Failed or JobState.Completed);
        Assert.Equal($"{Place}: it is the output of the job {status.JobId}: name another place, or say --overwrite, which replaces a run's files there and nothing else.", second.Failure);
        Assert.True(new RunFolder(Place, status.JobId).IsOwn());
    }

    [Fact]
    public async Task A_store_that_fails_while_the_model_is_written_is_written_to_again()
    {
        await using var cluster = await Cluster.Deploy(1, Path.Combine(_s3.Folder, "silos"));
        foreach (var fault in new[] { S3Fault.Full, S3Fault.SlowDown, S3Fault.DropHalf })
        {
            var (place, left) = ($"runs/{fault}", 4);
            _s3.Server.Fault = request => request.StartsWith($"PUT {place}/model", StringComparison.Ordinal) && left-- > 0 ? fault : S3Fault.None;
            var status = await Cluster.End(await cluster.Submit(Job(S3Folder.Stored("table.csv"), $"output.path=s3://{S3Server.Bucket}/{place}")));
            Assert.Equal($"s3://{S3Server.Bucket}/{place}", status.Result!.Output);
            Assert.True(left < 0, $"{fault}: the model was written too early");
            Assert.Contains($"{place}/summary.json", _s3.Server.Objects.Keys);
        }
    }

    // The piece fails longer than Amazon's client tries by itself.
    [Fact]
    public void A_long_upload_goes_on_with_the_piece_that_failed()
    {
        using var files = new S3Files(TimeSpan.FromMinutes(1));
        var content = new byte[40 << 20];
        new Random(3).NextBytes(content);
        var (left, written) = (9, 0);
        _s3.Server.Fault = request => request.Contains("partNumber=2", StringComparison.Ordinal) && left-- > 0 ? S3Fault.InternalError : S3Fault.None;
        Assert.True(files.Write($"{Place}/long.bin", to =>
        {
            written++;
            to.Write(content);
        }));
        Assert.True(left < 0, $"{left} faults are left");
        Assert.Equal((1, 1), (written, _s3.Server.Requests.Count(r => r.StartsWith("POST runs/one/long.bin?uploads", StringComparison.Ordinal))));
        Assert.True(_s3.Server.Objects["runs/one/long.bin"].Content.AsSpan().SequenceEqual(content));
    }

    // What is read on a silo while the store is away must not end the job.
    [Fact]
    public void A_file_in_a_store_that_is_away_is_not_taken_for_a_bad_one()
    {
        _s3.Put("model.safetensors", "no model");
        _s3.Server.Fault = _ => S3Fault.InternalError;
        using var hasty = new S3Files(TimeSpan.FromSeconds(2));
        using var use = FileStores.Use(hasty);
        Assert.Throws<FileStoreException>(() => SafetensorsFile.Open(S3Folder.Stored("model.safetensors")));
        Assert.Throws<FileStoreException>(() => TrainedModel.Load(Place));
    }

    [Fact]
    public void A_place_belongs_to_one_job_and_is_given_back_as_it_was()
    {
        var (one, two) = (new RunFolder(Place, "one-1"), new RunFolder(Place, "two-2"));
        one.Take(overwrite: false, continues: null);
        one.Take(overwrite: false, continues: null); // its next coordinator
        Assert.Equal([".granary-run"], Left);
        Assert.Contains("output of the job one-1", Assert.Throws<JobException>(() => two.Take(overwrite: false, continues: null)).Message, StringComparison.Ordinal);
        Assert.Contains("output of the job one-1", Assert.Throws<JobException>(() => two.Try(overwrite: false, continues: null)).Message, StringComparison.Ordinal);
        Assert.False(two.GiveBack());
        Assert.True(one.GiveBack());
        Assert.Empty(Left);
        _s3.Server.Objects["runs/one/notes.txt"] = new S3Object([1]);
        Assert.Contains("not empty (notes.txt)", Assert.Throws<JobException>(() => two.Take(overwrite: false, continues: null)).Message, StringComparison.Ordinal);
        two.Take(overwrite: true, continues: null);
        _s3.Server.Objects["runs/one/model.safetensors"] = new S3Object([2]);
        Assert.False(two.GiveBack()); // it has left a model
        Assert.Contains("notes.txt", Left);
    }

    [Fact]
    public void The_summary_of_a_run_that_is_written_over_goes_first()
    {
        _s3.Server.Objects["runs/one/summary.json"] = new S3Object("{\"job\":\"one-1\"}"u8.ToArray());
        var two = new RunFolder(Place, "two-2");
        two.Take(overwrite: true, continues: null);
        two.Begin();
        Assert.Equal([".granary-run"], Left);
        WholeFile.Write($"{Place}/summary.json", "{\"job\":\"two-2\"}");
        two.Begin();
        two.Settle();
        Assert.Equal(["summary.json"], Left);
        Assert.True(two.IsOwn());
    }
}
