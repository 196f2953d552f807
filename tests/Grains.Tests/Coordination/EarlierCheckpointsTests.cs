using Granary.Contracts;
using Granary.Grains.Checkpoints;
using Granary.Grains.Coordination;
using Granary.Jobs;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Granary.Grains.Tests;

/// <summary>What builds before there were checkpoint stores have left.</summary>
public sealed class EarlierCheckpointsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static DurableCheckpoint Checkpoint(long step, string? folder) => new(
        step, [new CheckpointPart(default, new BlockRange(0, 3), 9, "c0"), new CheckpointPart(default, new BlockRange(3, 5), 7, "c1")], ProgressState.Empty(2), null)
    {
        Folder = folder,
    };

    [Fact]
    public void Stored_state_is_read_and_its_checkpoints_are_found_where_they_are()
    {
        using var services = new ServiceCollection().AddGranarySerialization().BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer>();
        var part = serializer.Deserialize<CheckpointPart>(serializer.SerializeToArray(
            new StoredPart("/data/checkpoints/digits-1a/step-000000042-g3/blocks-000003.bin", new BlockRange(3, 5), 7, "c1", null)))!;
        var stored = serializer.Deserialize<DurableCheckpoint>(serializer.SerializeToArray(
            new StoredCheckpoint(42, "/data/checkpoints/digits-1a/step-000000042-g3", new List<CheckpointPart> { part }, ProgressState.Empty(2), 0.5)))!;
        var read = EarlierCheckpoints.Named(stored, "digits-1a");
        Assert.Equal((42, null, 0.5), (read.Step, read.Folder, read.ValidationLoss));
        Assert.Equal(new CheckpointPart(new CheckpointId("digits-1a", 42, 3), new BlockRange(3, 5), 7, "c1"), Assert.Single(read.Parts));
        Assert.Equal(read.Id, EarlierCheckpoints.Named(read, "digits-1a").Id);
    }

    [Fact]
    public void A_run_s_parts_are_taken_over_into_the_store()
    {
        var output = WriteRun();
        var store = new DirectoryStore(Path.Combine(_folder, "checkpoints"));
        var taken = Assert.Single(EarlierCheckpoints.TakeOver(store, "more", output, RunState.Read(output)));
        Assert.Equal(new CheckpointId("more", 8, 0), taken.Id);
        Assert.Equal([("digits-1a", 0), ("older", 3)], taken.Parts.Select(p => (p.Job!, p.Blocks.First)));
        Assert.Equal("second", Text(store, taken.Parts[1]));

        // Of a job that went on from it under an earlier build, the rest of its checkpoints stay as they are.
        var known = EarlierCheckpoints.TakeOverRest(store, "again", output, [Checkpoint(8, ""), Checkpoint(12, null)]);
        Assert.DoesNotContain(known, EarlierCheckpoints.IsInRun);
        Assert.Equal("first", Text(store, known[0].Parts[0]));
        var gone = Assert.Throws<JobException>(() => EarlierCheckpoints.TakeOverRest(store, "again", output, [Checkpoint(9, "")]));
        Assert.Equal($"{output}: the job cannot go on: the checkpoint of step 9, which it was continued from, is not there any more. Submit it again.", gone.Message);
    }

    [Fact]
    public void A_run_without_its_parts_is_refused_by_name()
    {
        var output = WriteRun();
        File.Delete(Path.Combine(output, "state", "b.bin"));
        var error = Assert.Throws<JobException>(() => EarlierCheckpoints.TakeOver(
            new DirectoryStore(Path.Combine(_folder, "checkpoints")), "more", output, RunState.Read(output)));
        Assert.StartsWith($"{output}: the run cannot be continued: ", error.Message);
        Assert.Contains("b.bin", error.Message);
    }

    // As builds before this one wrote it, and as this one does.
    private string WriteRun()
    {
        var state = Directory.CreateDirectory(Path.Combine(_folder, "run", "state")).FullName;
        File.WriteAllText(Path.Combine(state, "state.json"), """
            {"job":"digits-1a","facts":{"shape":{"features":4,"classes":2},"classes":["a","b"],"trainingRows":[9],"validationRows":[1],"scaling":null},"seconds":1.5,
            "checkpoints":[{"step":8,"folder":"","parts":[
            {"file":"a.bin","blocks":{"first":0,"end":3},"bytes":5,"checksum":"c0","job":"digits-1a"},
            {"file":"b.bin","blocks":{"first":3,"end":5},"bytes":6,"checksum":"c1","job":"older"}],
            "progress":{"committed":8},"validationLoss":null}],"platform":null}
            """);
        File.WriteAllText(Path.Combine(state, "a.bin"), "first");
        File.WriteAllText(Path.Combine(state, "b.bin"), "second");
        return Path.Combine(_folder, "run");
    }

    private static string Text(DirectoryStore store, CheckpointPart part)
    {
        using var reader = new StreamReader(store.Open(part.Checkpoint, part.Blocks.First));
        return reader.ReadToEnd();
    }
}

/// <summary>What an earlier build stored for a checkpoint.</summary>
[GenerateSerializer, Immutable]
internal sealed record StoredCheckpoint(
    [property: Id(0)] long Step, [property: Id(1)] string Folder, [property: Id(2)] IReadOnlyList<CheckpointPart> Parts, [property: Id(3)] ProgressState Progress,
    [property: Id(4)] double? ValidationLoss);

/// <summary>And for a part of it.</summary>
[GenerateSerializer, Immutable]
internal sealed record StoredPart(
    [property: Id(0)] string File, [property: Id(1)] BlockRange Blocks, [property: Id(2)] long Bytes, [property: Id(3)] string Checksum, [property: Id(4)] string? Job);
