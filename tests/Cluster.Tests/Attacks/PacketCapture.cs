using System.Buffers.Binary;
using System.Net.Sockets;

namespace Granary.Cluster.Tests;

/// <summary>What goes over the links of a network namespace, as whoever listens there sees it: each direction of each TCP connection, put together by its sequence numbers.</summary>
internal sealed class PacketCapture : IDisposable
{
    private const int EveryProtocol = 0x0300; // ETH_P_ALL, in the network's byte order
    private const int SocketLevel = 1;
    private const int ForcedReceiveBuffer = 33;
    private const int PacketLevel = 263;
    private const int Statistics = 6;
    private const int BufferBytes = 256 << 20;
    private const int EthernetBytes = 14;

    private readonly Socket _socket;
    private readonly Thread _reader;
    private readonly Dictionary<(ulong Addresses, uint Ports), SortedDictionary<uint, byte[]>> _streams = [];
    private volatile bool _isOver;

    /// <summary>Listens from now on.</summary>
    /// <param name="place">The namespace's file.</param>
    public PacketCapture(string place)
    {
        _socket = MachineNetwork.In(place, () => new Socket(AddressFamily.Packet, SocketType.Raw, (ProtocolType)EveryProtocol));
        _socket.SetRawSocketOption(SocketLevel, ForcedReceiveBuffer, BitConverter.GetBytes(BufferBytes));
        _socket.ReceiveTimeout = 200; // ms
        _reader = new Thread(Read) { IsBackground = true };
        _reader.Start();
    }

    /// <summary>Stops listening, and returns what was sent in each direction of each connection. Nothing may have been missed.</summary>
    public byte[][] Stop()
    {
        _isOver = true;
        _reader.Join();
        var counts = new byte[8]; // frames, and those that were dropped
        _socket.GetRawSocketOption(PacketLevel, Statistics, counts);
        Assert.Equal(0u, BitConverter.ToUInt32(counts, 4));
        return [.. _streams.Values.Select(Joined)];
    }

    private void Read()
    {
        var frame = new byte[1 << 17];
        while (true)
        {
            try
            {
                Take(frame.AsSpan(0, _socket.Receive(frame)));
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
            {
                if (_isOver)
                {
                    return;
                }
            }
        }
    }

    // Ethernet, IPv4, TCP; each frame is seen at both of the bridge's ports, which is one and the same here.
    private void Take(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < EthernetBytes + 40 || BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) != 0x0800)
        {
            return;
        }

        var packet = frame[EthernetBytes..];
        var header = (packet[0] & 15) * 4;
        if (packet[9] != (int)ProtocolType.Tcp)
        {
            return;
        }

        // A length of 0 is that of a frame that was never cut into packets of 64 KB at most.
        int said = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        var segment = packet[header..(said == 0 ? packet.Length : Math.Min(said, packet.Length))];
        var payload = segment[((segment[12] >> 4) * 4)..];
        if (payload.Length == 0)
        {
            return;
        }

        var key = (BinaryPrimitives.ReadUInt64BigEndian(packet[12..]), BinaryPrimitives.ReadUInt32BigEndian(segment));
        if (!_streams.TryGetValue(key, out var stream))
        {
            _streams[key] = stream = [];
        }

        var sequence = BinaryPrimitives.ReadUInt32BigEndian(segment[4..]);
        if (!stream.TryGetValue(sequence, out var known) || known.Length < payload.Length)
        {
            stream[sequence] = payload.ToArray();
        }
    }

    // What was sent again lies over what was there.
    private static byte[] Joined(SortedDictionary<uint, byte[]> stream)
    {
        using var all = new MemoryStream();
        var next = stream.First().Key;
        foreach (var (sequence, bytes) in stream)
        {
            var known = sequence < next ? (int)Math.Min(next - sequence, (uint)bytes.Length) : 0;
            all.Write(bytes.AsSpan(known));
            next = Math.Max(next, sequence + (uint)bytes.Length);
        }

        return all.ToArray();
    }

    public void Dispose()
    {
        _isOver = true;
        _reader.Join();
        _socket.Dispose();
    }
}
