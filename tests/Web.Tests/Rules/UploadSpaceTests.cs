using Granary.Web.Uploads;

namespace Granary.Web.Tests.Rules;

public sealed class UploadSpaceTests : IDisposable
{
    private const int Block = 4096;

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private UploadSpace Space(long most, string silo = "one", long free = long.MaxValue / 2, long size = 1 << 20) =>
        new(_folder, most, silo, TimeProvider.System, () => (free, size));

    private string Finished(string name, int bytes)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;
        File.WriteAllBytes(Path.Combine(folder, "rows.csv"), new byte[bytes]);
        return Path.Combine(folder, "rows.csv");
    }

    [Fact]
    public async Task What_is_finished_and_what_was_announced_count_and_the_refusal_says_both_and_what_to_do()
    {
        Finished("a", 2 * Block);
        var space = Space(6 * Block);
        var unfinished = await space.Reserve(3 * Block, Stop);
        Assert.Equal(0, new FileInfo(unfinished).Length); // announced, and not written yet
        var refused = await Assert.ThrowsAsync<UploadSpaceException>(() => space.Reserve(Block + 1, Stop));
        Assert.Contains($"uploads have {6 * Block} bytes in sum, of which {5 * Block} are used, and this file has {Block + 1}.", refused.Message);
        Assert.Contains("--upload-space", refused.Message);
        await space.Reserve(Block, Stop); // the last bytes
        File.Delete(unfinished);
        await space.Reserve(3 * Block, Stop); // what was given up is free again
    }

    [Fact]
    public async Task Of_many_that_race_for_the_last_bytes_as_many_win_as_fit()
    {
        UploadSpace[] silos = [Space(10 * Block, "one"), Space(10 * Block, "two"), Space(10 * Block, "three")];
        Finished("a", 3 * Block);
        using var start = new Barrier(24);
        var won = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => Task.Factory.StartNew(
            async () =>
            {
                start.SignalAndWait(Stop);
                try
                {
                    await silos[i % silos.Length].Reserve(2 * Block, Stop);
                    return 1;
                }
                catch (UploadSpaceException)
                {
                    return 0;
                }
            },
            Stop,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).Unwrap()));
        Assert.Equal(3, won.Sum());
    }

    [Fact]
    public async Task Small_files_take_blocks()
    {
        var space = Space(3 * Block);
        await space.Reserve(0, Stop);
        await space.Reserve(1, Stop);
        await space.Reserve(Block, Stop);
        await Assert.ThrowsAsync<UploadSpaceException>(() => space.Reserve(1, Stop));
    }

    [Fact]
    public async Task Nothing_fits_where_there_is_no_space() => await Assert.ThrowsAsync<UploadSpaceException>(() => Space(0).Reserve(0, Stop));

    [Fact]
    public async Task A_disk_is_not_filled_to_the_last_byte()
    {
        const long size = 200L * Block;
        var space = Space(long.MaxValue / 4, free: 50 * Block, size: size); // a twentieth is left free: 10 blocks
        var first = await space.Reserve(30 * Block, Stop);
        var refused = await Assert.ThrowsAsync<UploadSpaceException>(() => space.Reserve(11 * Block, Stop));
        Assert.Contains($"has {20 * Block} bytes free, of which {10 * Block} are left free", refused.Message);
        await space.Reserve(10 * Block, Stop);
        File.Delete(first);
        await space.Reserve(11 * Block, Stop);
    }

    [Fact]
    public async Task What_was_cut_off_is_swept_at_the_silos_start_and_when_it_is_old_and_nothing_else_is()
    {
        var finished = Finished("a", Block);
        var (one, two) = (Space(1 << 20, "one"), Space(1 << 20, "two"));
        var (own, others, old) = (await one.Reserve(Block, Stop), await two.Reserve(Block, Stop), await two.Reserve(Block, Stop));
        var earlier = Path.Combine(_folder, $".{Guid.NewGuid():N}.tmp"); // as earlier versions left them
        await File.WriteAllBytesAsync(earlier, new byte[5], Stop);
        foreach (var file in new[] { finished, old, earlier })
        {
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow - UploadSpace.Old - TimeSpan.FromMinutes(1));
        }

        Space(1 << 20, "one").SweepAtStart();
        Assert.Equal([true, false, true, false, false], new[] { finished, own, others, old, earlier }.Select(File.Exists));
    }

    [Fact]
    public async Task What_is_old_gives_its_space_back_to_the_next_upload()
    {
        var space = Space(4 * Block);
        var old = await space.Reserve(4 * Block, Stop);
        await Assert.ThrowsAsync<UploadSpaceException>(() => space.Reserve(1, Stop));
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow - UploadSpace.Old - TimeSpan.FromMinutes(1));
        await space.Reserve(4 * Block, Stop);
        Assert.False(File.Exists(old));
    }

    [Fact]
    public async Task One_caller_keeps_nobody_else_from_their_place()
    {
        using var places = new UploadPlaces();
        var (go, inside) = (new TaskCompletionSource(), 0);
        var full = new TaskCompletionSource();
        var greedy = Enumerable.Range(0, UploadPlaces.Most * 2).Select(_ => places.Within(
            "greedy",
            async () =>
            {
                if (Interlocked.Increment(ref inside) == UploadPlaces.OfEach)
                {
                    full.SetResult();
                }

                await go.Task;
                return 0;
            },
            Stop)).ToArray();
        await full.Task.WaitAsync(Stop);
        Assert.Equal(1, await places.Within("other", () => Task.FromResult(1), Stop).WaitAsync(TimeSpan.FromMinutes(1), Stop)); // one that had to wait would wait for good
        Assert.Equal(UploadPlaces.OfEach, inside);
        go.SetResult();
        await Task.WhenAll(greedy);
        Assert.Equal(UploadPlaces.Most * 2, inside);
    }
}
