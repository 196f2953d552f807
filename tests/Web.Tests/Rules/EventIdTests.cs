using Granary.Contracts;
using Granary.Web.Events;

namespace Granary.Web.Tests.Rules;

public sealed class EventIdTests
{
    private static readonly DateTimeOffset Noon = new(2025, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static JobEvent At(double seconds, string message) => new(Noon.AddSeconds(seconds), JobEventKind.Trouble, 0, 0, null, message);

    [Fact]
    public void A_reader_gets_what_came_after_the_one_it_has()
    {
        JobEvent[] events = [At(0, "a"), At(1, "b"), At(1, "c"), At(2, "d")];
        var ids = EventIds.Of(events).Select(e => e.Id).ToArray();
        Assert.Equal(4, ids.Distinct().Count());
        for (var i = 0; i < ids.Length; i++)
        {
            Assert.Equal(events[(i + 1)..], EventIds.After(ids[i], events).Select(e => e.Event));
        }
    }

    [Fact]
    public void Where_that_one_is_no_longer_kept_the_later_ones_follow()
    {
        JobEvent[] events = [At(0, "a"), At(1, "b"), At(2, "c"), At(3, "d")];
        var id = EventIds.Of(events).ElementAt(1).Id;
        Assert.Equal(["c", "d"], EventIds.After(id, [events[0], events[2], events[3]]).Select(e => e.Event.Message));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("nothing of ours")]
    public void Without_an_id_all_follow(string? id) => Assert.Single(EventIds.After(id, [At(0, "a")]));
}
