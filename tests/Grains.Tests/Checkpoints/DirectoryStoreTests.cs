using Granary.Contracts;
using Granary.Grains.Checkpoints;

namespace Granary.Grains.Tests;

public sealed class DirectoryStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;
    private readonly DirectoryStore _store;

    public DirectoryStoreTests() => _store = new DirectoryStore(_folder);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static CheckpointId Id(long step, long generation = 1) => new("job", step, generation);

    private CheckpointId Written(long step, long generation = 1)
    {
        _store.Write(Id(step, generation), 0, to => to.Write("weights"u8));
        return Id(step, generation);
    }

    private string[] Names(string folder) => [.. Directory.GetFileSystemEntries(Path.Combine(_folder, folder)).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    // Where earlier builds wrote them, and read them.
    [Fact]
    public void Parts_are_where_they_were_before_there_were_stores()
    {
        _store.Write(new CheckpointId("digits-1a", 42, 3), 17, to => to.Write("weights"u8));
        Assert.Equal("weights", File.ReadAllText(Path.Combine(_folder, "digits-1a", "step-000000042-g3", "blocks-000017.bin")));
        using var read = new StreamReader(_store.Open(new CheckpointId("digits-1a", 42, 3), 17));
        Assert.Equal("weights", read.ReadToEnd());
        Assert.Equal([new CheckpointId("digits-1a", 42, 3)], _store.List("digits-1a"));
        Assert.Empty(_store.List("digits-1b"));
    }

    [Fact]
    public void A_part_that_is_missing_is_told_with_the_remedy()
    {
        var missing = Assert.Throws<IOException>(() => _store.Open(Id(1), 0));
        Assert.Equal($"{Path.Combine(_folder, "job", "step-000000001-g1", "blocks-000000.bin")} is not there: all silos must see the same directory, "
            + "which --checkpoints (GRANARY_CHECKPOINTS) names", missing.Message);
    }

    [Fact]
    public void Nothing_is_left_of_a_write_that_fails_and_the_part_from_before_is_whole()
    {
        Written(1);
        Assert.Throws<InvalidDataException>(() => _store.Write(Id(1), 0, to =>
        {
            to.Write("half"u8);
            throw new InvalidDataException();
        }));
        Assert.Equal(["blocks-000000.bin"], Names("job/step-000000001-g1"));
        Assert.Equal("weights", File.ReadAllText(Path.Combine(_folder, "job/step-000000001-g1/blocks-000000.bin")));

        Directory.CreateDirectory(Path.Combine(_folder, "job/step-000000002-g1/blocks-000000.bin/x")); // a folder is in the way of the last rename
        Assert.ThrowsAny<Exception>(() => Written(2));
        Assert.Equal(["blocks-000000.bin"], Names("job/step-000000002-g1"));
    }

    [Fact]
    public void Cleaning_spares_what_is_kept_and_what_is_newer_until_nothing_is_kept()
    {
        var (best, kept) = (Id(20), Id(40, 2));
        CheckpointId[] all = [Id(10), best, kept, Id(40), Id(50, 2)];
        Assert.Equal([Id(10), Id(40)], StoreCleaning.Superseded(all, [best, kept])); // the second is of a generation that is over
        Assert.Equal(all, StoreCleaning.Superseded(all, []));

        Array.ForEach(all, id => Written(id.Step, id.Generation));
        StoreCleaning.Run(_store, "job", [best, kept]);
        Assert.Equal(["step-000000020-g1", "step-000000040-g2", "step-000000050-g2"], Names("job"));
        StoreCleaning.Run(_store, "job", []);
        Assert.Empty(Names(""));
    }

    [Fact]
    public void Only_checkpoints_are_cleaned_up()
    {
        Array.ForEach([10L, 20, 30], step => Written(step));
        Directory.CreateDirectory(Path.Combine(_folder, "job/mine"));
        Directory.CreateDirectory(Path.Combine(_folder, "job/step-5"));
        File.WriteAllText(Path.Combine(_folder, "job/step-000000010-g1/mine.txt"), "mine");
        StoreCleaning.Run(_store, "job", [Id(20)]);
        Assert.Equal(["mine", "step-000000010-g1", "step-000000020-g1", "step-000000030-g1", "step-5"], Names("job"));
        Assert.Equal(["mine.txt"], Names("job/step-000000010-g1"));
        StoreCleaning.Run(_store, "job", []);
        Assert.Equal(["mine", "step-000000010-g1", "step-5"], Names("job"));
    }
}
