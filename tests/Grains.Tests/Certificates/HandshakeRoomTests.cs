using System.Net;
using Granary.Contracts.Certificates;

namespace Granary.Grains.Tests;

/// <summary>Who is closed to make room for one more, and what is logged of those that are refused.</summary>
public class HandshakeRoomTests
{
    [Fact]
    public void The_crowd_makes_room_the_oldest_first_and_not_who_is_alone()
    {
        var closed = new List<string>();
        var room = new HandshakeRoom(most: 4);
        HandshakeRoom.Seat Enter(string from, string name) => room.Enter(IPAddress.Parse(from), () => closed.Add(name));
        var member = Enter("10.0.0.1", "member");
        var first = Enter("10.0.0.9", "a");
        Enter("10.0.0.9", "b");
        Enter("10.0.0.9", "c");
        Assert.Empty(closed);
        Enter("10.0.0.9", "d");
        Enter("10.0.0.2", "other member");
        Assert.Equal(["a", "b"], closed);
        Assert.False(room.Leave(first));
        Assert.True(room.Leave(member));
        Assert.False(room.Leave(member));
        Enter("10.0.0.3", "third");
        Assert.Equal(2, closed.Count);
    }

    [Fact]
    public void One_line_is_logged_for_an_address_and_a_reason_and_the_log_is_bounded()
    {
        using var log = new RecordedLog();
        var refused = new RefusalLog(log.CreateLogger("Granary.Test"), "tensor port");
        for (var i = 0; i < 1000; i++)
        {
            refused.Tell(new IPEndPoint(IPAddress.Loopback, 1000 + i), "it said nothing");
        }

        refused.Tell(new IPEndPoint(IPAddress.Loopback, 1), "it spoke plain text");
        refused.Tell(null, "it said nothing");
        Assert.Equal(
            [
                "Refused a connection to the tensor port from 127.0.0.1:1000: it said nothing (refused so far: 1; the same once a minute at most)",
                "Refused a connection to the tensor port from 127.0.0.1:1: it spoke plain text (refused so far: 1001; the same once a minute at most)",
                "Refused a connection to the tensor port from a process of this host: it said nothing (refused so far: 1002; the same once a minute at most)",
            ],
            log.Lines.Select(l => l.Message));
        for (var i = 0; i < 1000; i++)
        {
            refused.Tell(new IPEndPoint(new IPAddress(i), 1), "it said nothing");
        }

        Assert.InRange(log.Lines.Count, 10, 100);
    }
}
