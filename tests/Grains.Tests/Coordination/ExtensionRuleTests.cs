using Granary.Contracts;
using Granary.Grains.Checkpoints;
using Granary.Grains.Coordination;

namespace Granary.Grains.Tests;

public sealed class ExtensionRuleTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static SiloInfo[] Silos(params string[] extensions) => [.. extensions.Select(e => e.Split(' '))
        .Select((e, i) => new SiloInfo($"silo-{i}", "", 1, "active", 1, "cpu", "", "", 0, e[0], e[1]))];

    [Theory]
    [InlineData(null, "110", "identity directory", "identity directory", "identity bucket")]
    [InlineData(null, "011", "zip directory", "identity directory", "identity directory")]
    [InlineData(null, "10", "identity directory", "zip bucket")]
    [InlineData("bucket", "001", "identity directory", "identity directory", "identity bucket")] // where the job's checkpoints are
    [InlineData("bucket", "00", "identity directory", "identity directory")]
    [InlineData("bucket", "")]
    public void Silos_take_part_that_have_what_most_have_and_what_the_job_needs(string? store, string alike, params string[] extensions) =>
        Assert.Equal(alike, string.Concat(ExtensionRule.AreAlike(Silos(extensions), store).Select(a => a ? '1' : '0')));

    [Fact]
    public async Task Silos_with_different_checkpoint_stores_are_named_at_once()
    {
        var silos = 0;
        await using var cluster = await GranaryCluster.Deploy(2, _folder, extend: silo =>
        {
            if (Interlocked.Increment(ref silos) == 2)
            {
                silo.AddCheckpointStore<Bucket>();
            }
        });
        var status = await cluster.Run(SmallCluster.Blobs(_folder));
        Assert.Equal(JobState.Failed, status.State);
        Assert.Matches(
            "^silo Silo_[01] has the checkpoint store (directory, and silo Silo_[01] has bucket|bucket, and silo Silo_[01] has directory). "
            + @"Give every silo the same --checkpoints, or register the same checkpoint store \(AddCheckpointStore\), and submit the job again\.$", status.Failure);
    }

    private sealed class Bucket : ICheckpointStore
    {
        public string Name => "bucket";

        public void Write(CheckpointId checkpoint, int part, Action<Stream> content) => throw new IOException("no bucket");

        public Stream Open(CheckpointId checkpoint, int part) => throw new IOException("no bucket");

        public IReadOnlyCollection<CheckpointId> List(string job) => [];

        public void Remove(CheckpointId checkpoint) => throw new IOException("no bucket");
    }
}
