using System.Buffers.Binary;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Granary.Deploy.Tests.Containers;

/// <summary>Holds back what the rule "NFQUEUE" gives it, each packet for a random time, and lets it go on then: a slow network, where packets also overtake each other. This
/// needs no kernel's module for such networks: the kernel keeps the packets, and is told here when each may go.</summary>
internal sealed partial class PacketQueue : IDisposable
{
    /// <summary>The number that the rule must name.</summary>
    public const int Number = 7;

    // linux/nfnetlink_queue.h
    private const int Subsystem = 3;
    private const int PacketMessage = 0;
    private const int VerdictMessage = 1;
    private const int ConfigMessage = 2;
    private const int Accept = 1;

    private readonly Thread _thread;
    private readonly TaskCompletionSource _bound = new();
    private volatile bool _stopping;

    /// <param name="process">Whose network it is for.</param>
    /// <param name="least">Milliseconds that each packet is held at least.</param>
    /// <param name="most">And at most.</param>
    public PacketQueue(int process, int least, int most)
    {
        // A thread of its own: it moves to the other network, and ends there.
        _thread = new Thread(() => Run(process, least, most)) { IsBackground = true, Name = "packet queue" };
        _thread.Start();
        _bound.Task.GetAwaiter().GetResult();
    }

    private void Run(int process, int least, int most)
    {
        var socket = -1;
        try
        {
            using (var network = File.OpenHandle($"/proc/{process}/ns/net"))
            {
                const int OfNetworks = 0x40000000;
                Must(SetNamespace((int)network.DangerousGetHandle(), OfNetworks));
            }

            const int Netlink = 16, Raw = 3, NetfilterFamily = 12;
            socket = Must(OpenSocket(Netlink, Raw, NetfilterFamily));
            var address = new byte[12];
            BinaryPrimitives.WriteUInt16LittleEndian(address, Netlink);
            Must(Bind(socket, address, address.Length));
            Say(socket, ConfigMessage, 1, [1, 0, 0, 0]); // this queue
            Say(socket, ConfigMessage, 2, [0, 0, 0, 0, 1]); // without the packets' bytes
            Say(socket, ConfigMessage, 3, [0, 1, 0, 0]); // 65,536 at once
            _bound.SetResult();
            Serve(socket, least, most);
        }
        catch (Exception e) when (!_bound.Task.IsCompleted)
        {
            _bound.SetException(e);
        }
        finally
        {
            if (socket >= 0)
            {
                _ = Close(socket);
            }
        }
    }

    private void Serve(int socket, int least, int most)
    {
        var (held, random, buffer) = (new PriorityQueue<uint, long>(), new Random(1), new byte[1 << 16]);
        var wanted = new Poll { Descriptor = socket, Wanted = 1 };
        while (!_stopping || held.Count > 0)
        {
            var now = Stopwatch.GetTimestamp();
            while (held.TryPeek(out var packet, out var due) && (due <= now || _stopping))
            {
                held.Dequeue();
                var verdict = new byte[8];
                BinaryPrimitives.WriteUInt32BigEndian(verdict, Accept);
                BinaryPrimitives.WriteUInt32BigEndian(verdict.AsSpan(4), packet);
                Say(socket, VerdictMessage, 2, verdict);
            }

            if (WaitFor(ref wanted, 1, 1) <= 0)
            {
                continue;
            }

            var received = (int)Receive(socket, buffer, buffer.Length, 0);
            for (var at = 0; at + 20 <= received;)
            {
                var length = BinaryPrimitives.ReadInt32LittleEndian(buffer.AsSpan(at));
                if (BinaryPrimitives.ReadUInt16LittleEndian(buffer.AsSpan(at + 4)) == ((Subsystem << 8) | PacketMessage) && Id(buffer.AsSpan(at + 20, length - 20)) is { } id)
                {
                    held.Enqueue(id, Stopwatch.GetTimestamp() + (long)((least + (random.NextDouble() * (most - least))) * Stopwatch.Frequency / 1000));
                }

                at += (length + 3) & ~3;
            }
        }
    }

    // Of a packet's parts the one that is called its header.
    private static uint? Id(ReadOnlySpan<byte> parts)
    {
        const int Header = 1;
        while (parts.Length >= 4)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(parts);
            if ((BinaryPrimitives.ReadUInt16LittleEndian(parts[2..]) & 0x3fff) == Header)
            {
                return BinaryPrimitives.ReadUInt32BigEndian(parts[4..]);
            }

            parts = parts[Math.Min(parts.Length, (length + 3) & ~3)..];
        }

        return null;
    }

    private static void Say(int socket, int message, int part, byte[] value)
    {
        var all = new byte[24 + ((value.Length + 3) & ~3)];
        BinaryPrimitives.WriteInt32LittleEndian(all, all.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(all.AsSpan(4), (Subsystem << 8) | 0);
        all[4] = (byte)message;
        all[6] = 1; // a request
        BinaryPrimitives.WriteUInt16BigEndian(all.AsSpan(18), Number);
        BinaryPrimitives.WriteUInt16LittleEndian(all.AsSpan(20), (ushort)(4 + value.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(all.AsSpan(22), (ushort)part);
        value.CopyTo(all, 24);
        Must((int)Send(socket, all, all.Length, 0));
    }

    private static int Must(int result) => result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(int descriptor, int kind);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int OpenSocket(int domain, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int Bind(int socket, byte[] address, int length);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(int socket, byte[] message, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(int socket, byte[] buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int WaitFor(ref Poll what, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int socket);

    [StructLayout(LayoutKind.Sequential)]
    private struct Poll
    {
        public int Descriptor;
        public short Wanted;
        public short Met;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
    }
}
