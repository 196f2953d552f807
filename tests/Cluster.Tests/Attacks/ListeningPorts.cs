using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Granary.Cluster.Tests;

/// <summary>The ports that a process listens on, as the kernel tells them: by its open files and the sockets of its network namespace.</summary>
internal static partial class ListeningPorts
{
    private const string Listens = "0A"; // TCP_LISTEN
    private const string Unconnected = "07"; // of UDP

    /// <summary>All of them, TCP and UDP, of IPv4 and IPv6.</summary>
    /// <param name="pid">The process.</param>
    /// <returns>In the order of their numbers.</returns>
    public static (string Protocol, IPEndPoint EndPoint)[] Of(int pid)
    {
        var own = Directory.GetFiles($"/proc/{pid}/fd").Select(f => SocketLink().Match(new FileInfo(f).LinkTarget ?? "")).Where(m => m.Success).Select(m => m.Groups[1].Value).ToHashSet();
        return [.. new[] { "tcp", "tcp6", "udp", "udp6" }
            .SelectMany(p => Lines(pid, p).Select(line => (Protocol: p, Fields: line.Split(' ', StringSplitOptions.RemoveEmptyEntries))))
            .Where(l => l.Fields[3] == (l.Protocol.StartsWith('t') ? Listens : Unconnected) && own.Contains(l.Fields[9]))
            .Select(l => (l.Protocol, EndPoint(l.Fields[1])))
            .OrderBy(p => p.Item2.Port)];
    }

    private static string[] Lines(int pid, string protocol) =>
        File.Exists($"/proc/{pid}/net/{protocol}") ? File.ReadAllLines($"/proc/{pid}/net/{protocol}")[1..] : [];

    // Words of 32 bits in the machine's byte order, and a port, in hexadecimal digits.
    private static IPEndPoint EndPoint(string text)
    {
        var (address, port) = (text.Split(':')[0], text.Split(':')[1]);
        var bytes = Convert.FromHexString(address);
        for (var word = 0; word < bytes.Length && BitConverter.IsLittleEndian; word += 4)
        {
            Array.Reverse(bytes, word, 4);
        }

        return new IPEndPoint(new IPAddress(bytes), int.Parse(port, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@"^socket:\[(\d+)\]$")]
    private static partial Regex SocketLink();
}
