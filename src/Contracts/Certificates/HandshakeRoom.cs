using System.Net;

namespace Granary.Contracts.Certificates;

/// <summary>The connections of a port that have not yet said who they are: so many at the most. Where one more comes, one is closed: of the
/// address that has the most of them the oldest, so that a stranger's connections make room for each other and not for a member's.</summary>
/// <param name="most">How many.</param>
public sealed class HandshakeRoom(int most = HandshakeRoom.Most)
{
    /// <summary>How many there are at the most.</summary>
    public const int Most = 128;

    private readonly LinkedList<Seat> _seats = [];

    /// <summary>A connection comes in.</summary>
    /// <param name="from">Its address.</param>
    /// <param name="close">Closes it, from any thread; may be called after it has left.</param>
    public Seat Enter(IPAddress from, Action close)
    {
        Seat? closed = null;
        var seat = new Seat(from, close);
        lock (_seats)
        {
            if (_seats.Count >= most)
            {
                var crowd = _seats.CountBy(s => s.From).MaxBy(c => c.Value).Key;
                closed = _seats.First(s => s.From.Equals(crowd));
                _seats.Remove(closed);
            }

            _seats.AddLast(seat);
        }

        closed?.Close();
        return seat;
    }

    /// <summary>It has said who it is, or is gone.</summary>
    /// <param name="seat">What <see cref="Enter"/> returned.</param>
    /// <returns>False: it had been closed to make room.</returns>
    public bool Leave(Seat seat)
    {
        lock (_seats)
        {
            return _seats.Remove(seat);
        }
    }

    /// <summary>A connection that has not yet said who it is.</summary>
    /// <param name="from">Its address.</param>
    /// <param name="close">Closes it.</param>
    public sealed class Seat(IPAddress from, Action close)
    {
        internal IPAddress From => from;

        internal void Close() => close();
    }
}
