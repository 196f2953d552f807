using Granary.Contracts;
using Granary.Grains.Coordination;

namespace Granary.Grains.Tests;

public sealed class StatusChangesTests
{
    private readonly StatusChanges _changes = new(TimeProvider.System, start: 7);

    [Fact]
    public void News_are_told_at_once()
    {
        var known = _changes.Mark;
        _changes.News();
        Assert.True(_changes.After(known).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Whoever_waits_is_told_of_news_when_they_come()
    {
        var since = TimeProvider.System.GetTimestamp();
        var waiting = _changes.After(_changes.Mark);
        Assert.False(waiting.IsCompleted);
        _changes.News();
        await waiting;
        Assert.True(TimeProvider.System.GetElapsedTime(since) < StatusMark.LongestWait);
    }

    [Fact]
    public async Task Progress_is_told_now_and_then()
    {
        var known = _changes.Mark;
        _changes.Progress();
        var waiting = _changes.After(known);
        Assert.False(waiting.IsCompleted);
        await waiting;
        Assert.NotEqual(known, _changes.Mark);
    }

    [Fact]
    public async Task Where_nothing_changes_the_same_is_told_after_a_while()
    {
        var (known, since) = (_changes.Mark, TimeProvider.System.GetTimestamp());
        await _changes.After(known);
        Assert.Equal(known, _changes.Mark);
        Assert.True(TimeProvider.System.GetElapsedTime(since) >= StatusMark.LongestWait);
    }

    [Fact]
    public void Another_activation_knows_at_once_that_it_is_another() =>
        Assert.True(new StatusChanges(TimeProvider.System, start: 8).After(_changes.Mark).IsCompletedSuccessfully);
}
