using Granary.Contracts;
using Granary.Grains.Checkpoints;
using Granary.Jobs;
using Granary.Silo.Storage.S3;
using Granary.Tests.Support;

namespace Granary.Extensions.Tests.S3;

/// <summary>The store on S3, against a server that shares no code with it.</summary>
[Collection(InEnvironment)]
public sealed class S3StoreTests : IAsyncLifetime
{
    /// <summary>The collection of tests whose server is named in this process' environment.</summary>
    public const string InEnvironment = "S3 in the environment";

    private const int Mebi = 1 << 20;

    private static readonly CheckpointId Id = new("digits-1a", 42, 3);

    private S3Server _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await S3Server.Start();
        Array.ForEach(_server.Variables, v => Environment.SetEnvironmentVariable(v.Name, v.Value));
    }

    public async ValueTask DisposeAsync()
    {
        Array.ForEach(_server.Variables, v => Environment.SetEnvironmentVariable(v.Name, null));
        await _server.DisposeAsync();
    }

    private static S3CheckpointStore Store(double seconds = 45) => new($"s3://{S3Server.Bucket}/cluster/a", TimeSpan.FromSeconds(seconds));

    private static byte[] Numbers(int count, int seed = 1)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Read(S3CheckpointStore store, CheckpointId id, int part)
    {
        using var stream = store.Open(id, part);
        var all = new byte[stream.Length];
        stream.ReadExactly(all);
        Assert.Equal(-1, stream.ReadByte());
        return all;
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(300_000, 0)]
    [InlineData(16 * Mebi, 0)] // as many bytes as a piece has
    [InlineData((16 * Mebi) + 1, 2)]
    [InlineData(40 * Mebi, 3)]
    public void What_is_written_is_read_however_long_it_is(int length, int pieces)
    {
        using var store = Store();
        var bytes = Numbers(length);
        store.Write(Id, 17, to =>
        {
            for (var at = 0; at < length; at += Mebi)
            {
                to.Write(bytes, at, Math.Min(Mebi, length - at));
            }
        });
        Assert.Equal(["cluster/a/digits-1a/step-000000042-g3/blocks-000017.bin"], _server.Objects.Keys);
        Assert.Equal(pieces, _server.Requests.Count(r => r.Contains("partNumber=", StringComparison.Ordinal)));
        Assert.Equal(0, _server.Uploads);
        Assert.True(bytes.AsSpan().SequenceEqual(_server.Objects.Values.Single().Content));
        Assert.True(bytes.AsSpan().SequenceEqual(Read(store, Id, 17)));
        Assert.Equal([Id], store.List("digits-1a"));
        Assert.Empty(store.List("digits-1"));
        store.Remove(Id);
        Assert.Empty(_server.Objects);
        store.Remove(Id);
    }

    [Fact]
    public void A_part_is_read_from_any_place_with_a_range_at_a_time()
    {
        using var store = Store();
        var bytes = Numbers(20 * Mebi);
        store.Write(Id, 0, to => to.Write(bytes));
        using var stream = store.Open(Id, 0);
        Assert.Equal(bytes.Length, stream.Length);
        var random = new Random(3);
        var some = new byte[100_000];
        for (var i = 0; i < 50; i++)
        {
            var at = random.Next(bytes.Length);
            stream.Position = at;
            var count = stream.ReadAtLeast(some, some.Length, throwOnEndOfStream: false);
            Assert.Equal(Math.Min(some.Length, bytes.Length - at), count);
            Assert.True(bytes.AsSpan(at, count).SequenceEqual(some.AsSpan(0, count)));
        }

        Assert.Equal(4, stream.Seek(-bytes.Length + 4, SeekOrigin.End));
        Assert.Equal(bytes[4], stream.ReadByte());
    }

    [Fact]
    public void Lists_are_read_to_their_last_page_and_hold_checkpoints_alone()
    {
        using var store = Store();
        _server.PageSize = 2;
        CheckpointId[] all = [.. Enumerable.Range(1, 5).Select(i => new CheckpointId("job", i * 10, 1))];
        foreach (var id in all)
        {
            store.Write(id, 0, to => to.Write("weights"u8));
            store.Write(id, 7, to => to.Write("more weights"u8));
            store.Write(id with { Job = "job-2" }, 7, to => to.Write("others"u8));
        }

        _server.Objects["cluster/a/job/mine/notes.txt"] = new S3Object([1]);
        Assert.Equal(all, store.List("job").OrderBy(c => c.Step));
        store.Remove(all[2]);
        Assert.Equal([all[0], all[1], all[3], all[4]], store.List("job").OrderBy(c => c.Step));
        Assert.Equal(5, store.List("job-2").Count);
        Assert.Contains("cluster/a/job/mine/notes.txt", _server.Objects.Keys);
    }

    [Fact]
    public void Nothing_is_left_of_a_write_that_is_given_up()
    {
        using var store = Store();
        var half = Numbers(20 * Mebi);
        Assert.Throws<InvalidDataException>(() => store.Write(Id, 0, to =>
        {
            to.Write(half);
            throw new InvalidDataException();
        }));
        Assert.Empty(_server.Objects);
        Assert.Equal(0, _server.Uploads);
        Assert.Contains("is not there", Assert.Throws<IOException>(() => store.Open(Id, 0)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(17 * Mebi)]
    public void The_same_part_again_is_one_part_and_another_one_is_refused(int length)
    {
        using var store = Store();
        var bytes = Numbers(length);
        store.Write(Id, 0, to => to.Write(bytes));
        store.Write(Id, 0, to => to.Write(bytes));
        var other = Numbers(length, seed: 2);
        Assert.Contains("has another", Assert.Throws<IOException>(() => store.Write(Id, 0, to => to.Write(other))).Message, StringComparison.Ordinal);
        Assert.True(bytes.AsSpan().SequenceEqual(Read(store, Id, 0)));
        Assert.Equal(0, _server.Uploads);
    }

    [Fact]
    public void A_server_without_conditions_is_written_to_all_the_same()
    {
        _server.KnowsConditions = false;
        using var store = Store();
        var bytes = Numbers(17 * Mebi);
        store.Write(Id, 0, to => to.Write(bytes));
        store.Write(Id, 1, to => to.Write("weights"u8));
        Assert.True(bytes.AsSpan().SequenceEqual(Read(store, Id, 0)));
        Assert.Equal("weights"u8.ToArray(), Read(store, Id, 1));
    }

    // A server that answers other bytes than it was asked for is not believed.
    [Fact]
    public void Ranges_that_are_none_and_bytes_that_change_are_noticed()
    {
        using var store = Store(5);
        var bytes = Numbers(9 * Mebi);
        store.Write(Id, 0, to => to.Write(bytes));
        var key = _server.Objects.Keys.Single();
        _server.IgnoresRanges = true;
        Assert.Contains("does not know ranges", Assert.Throws<StoreUnavailableException>(() => Read(store, Id, 0)).Message, StringComparison.Ordinal);
        _server.IgnoresRanges = false;

        using var stream = store.Open(Id, 0);
        var all = new byte[bytes.Length];
        stream.ReadExactly(all);
        var tag = _server.Objects[key].Told;
        _server.Objects[key].Content[5]++; // as if on its way: the tag is the same
        Assert.Equal(tag, _server.Objects[key].Told);
        stream.Position = 0;
        Assert.Contains("other ones when they were read again", Assert.Throws<StoreUnavailableException>(() => stream.ReadByte()).Message, StringComparison.Ordinal);

        _server.Objects[key] = new S3Object(Numbers(9 * Mebi, seed: 5)); // another object
        Assert.Contains("gone or another one", Assert.Throws<IOException>(() => stream.ReadByte()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_does_not_answer_is_unavailable_and_loses_nothing()
    {
        using var store = Store(3);
        using var patient = Store();
        patient.Write(Id, 0, to => to.Write("weights"u8));
        await _server.Down();
        foreach (var call in new Action[] { () => store.Open(Id, 0), () => store.Write(Id, 1, to => to.Write("weights"u8)), () => store.List("digits-1a"), () => store.Remove(Id) })
        {
            Assert.StartsWith($"s3://{S3Server.Bucket}/cluster/a ", Assert.Throws<StoreUnavailableException>(call).Message, StringComparison.Ordinal);
        }

        Assert.NotNull(store.Check());
        await _server.Up();
        Assert.Null(patient.Check());
        Assert.Equal("weights"u8.ToArray(), Read(patient, Id, 0));

        _server.Fault = _ => S3Fault.Silence;
        Assert.Contains("has not answered for 3 s", Assert.Throws<StoreUnavailableException>(() => store.Open(Id, 0)).Message, StringComparison.Ordinal);
        _server.Fault = _ => S3Fault.Full;
        Assert.Contains("507 XStorageFull", Assert.Throws<StoreUnavailableException>(() => patient.Write(Id, 1, to => to.Write("weights"u8))).Message, StringComparison.Ordinal);
        Assert.Equal("weights"u8.ToArray(), Read(patient, Id, 0));
    }

    [Fact]
    public void Errors_that_pass_are_not_noticed()
    {
        using var store = Store();
        var bytes = Numbers(17 * Mebi);
        var seen = new Dictionary<string, int>();
        _server.Fault = request =>
        {
            var times = seen[request] = seen.GetValueOrDefault(request) + 1;
            return times switch { 1 => S3Fault.SlowDown, 2 => S3Fault.InternalError, _ => S3Fault.None };
        };
        store.Write(Id, 0, to => to.Write(bytes));
        Assert.True(bytes.AsSpan().SequenceEqual(Read(store, Id, 0)));
    }

    [Fact]
    public void What_will_not_change_by_itself_is_told_with_the_remedy()
    {
        using (var elsewhere = new S3CheckpointStore("s3://another-bucket/x", TimeSpan.FromSeconds(5)))
        {
            Assert.Matches("404 NoSuchBucket.*Make the bucket", Assert.Throws<JobException>(() => elsewhere.Check()).Message);
            Assert.Throws<StoreUnavailableException>(() => elsewhere.Open(Id, 0)); // no word of what is in it
        }

        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", "AKIAOTHER");
        using var stranger = Store(5);
        var refused = Assert.Throws<JobException>(() => stranger.Check()).Message;
        Assert.Matches("403 InvalidAccessKeyId.*AWS_SECRET_ACCESS_KEY", refused);
        Assert.DoesNotContain(S3Server.Secret, refused, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("s3://")]
    [InlineData("s3:///x")]
    [InlineData("s3://granary/a//b")]
    [InlineData("s3://granary/../b")]
    [InlineData("s3://gran ary/b")]
    [InlineData("/tmp/x")]
    public void Places_that_are_none_are_refused(string place) =>
        Assert.Contains("s3://BUCKET/PREFIX", Assert.Throws<JobException>(() => new S3CheckpointStore(place)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("s3://granary", "s3://granary")]
    [InlineData("s3://granary/", "s3://granary")]
    [InlineData("s3://granary/a/b/", "s3://granary/a/b")]
    public void The_name_says_where_it_is(string place, string name)
    {
        using var store = new S3CheckpointStore(place);
        Assert.Equal(name, store.Name);
    }
}
