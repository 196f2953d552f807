using Granary.Grains.Coordination;

namespace Granary.Grains.Tests.Coordination;

/// <summary>A state that is stored in a storage which is slow, fails and comes back.</summary>
public sealed class StateKeeperTests
{
    private readonly Storage _storage = new();
    private readonly List<string> _failed = [];
    private readonly List<TimeSpan> _back = [];

    private StateKeeper<Counter> Keeper() => new(_storage, "Redis at here:1", _ => { }, s => s.Count, _failed.Add, _back.Add);

    // Workers forget what is acknowledged: steps that are taken again are not.
    [Fact]
    public async Task What_goes_back_while_it_is_being_stored_does_not_count_as_stored_beyond_that()
    {
        var keeper = Keeper();
        _storage.State.Count = 100;
        var saving = keeper.Save();
        _storage.State.Count = 50;
        keeper.Rewind();
        _storage.Answer.SetResult();
        await saving;
        Assert.Equal(50, keeper.Stored);
        _storage.State.Count = 70;
        await keeper.Save();
        Assert.Equal(70, keeper.Stored);
    }

    [Fact]
    public async Task A_storage_that_fails_is_named_once_and_so_is_its_return()
    {
        var keeper = Keeper();
        _storage.Answer.SetException(new OrleansException("no route"));
        Assert.False(await keeper.TrySave());
        Assert.False(await keeper.TrySave());
        Assert.Equal(["the state could not be stored in Redis at here:1: no route"], _failed);
        Assert.Equal(_failed[0], keeper.Failing);
        Assert.Empty(_back);
        _storage.Answer = new TaskCompletionSource();
        _storage.Answer.SetResult();
        Assert.True(await keeper.TrySave());
        Assert.True(await keeper.TrySave());
        Assert.Null(keeper.Failing);
        Assert.Single(_back);
    }

    private sealed class Counter
    {
        public long Count { get; set; }
    }

    private sealed class Storage : IPersistentState<Counter>
    {
        public TaskCompletionSource Answer { get; set; } = new();

        public Counter State { get; set; } = new();

        public string Etag => "";

        public bool RecordExists => true;

        public Task WriteStateAsync() => Answer.Task;

        public Task ReadStateAsync() => throw new NotSupportedException();

        public Task ClearStateAsync() => throw new NotSupportedException();
    }
}
