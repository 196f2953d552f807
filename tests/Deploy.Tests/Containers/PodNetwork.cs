using System.Globalization;
using System.Text.Json;

namespace Granary.Deploy.Tests.Containers;

/// <summary>What can be wrong with the network between pods. This machine still reaches each of them.</summary>
/// <param name="addresses">Each pod's address, by its name.</param>
/// <param name="process">A process of a pod, in whose network it is.</param>
internal sealed class PodNetwork(IReadOnlyDictionary<string, string> addresses, Func<string, Task<int>> process)
{
    private const string Table = "granary_test"; // of nft
    private const int UsualMtu = 1500;

    /// <summary>No packet of a pod reaches another one, nor the other way.</summary>
    public Task Isolate(string pod) => Drop($"ip saddr {addresses[pod]}", $"ip daddr {addresses[pod]}");

    /// <summary>No packet passes between a pod and some others, either way.</summary>
    public Task Cut(string pod, params string[] others) => Drop([.. others.SelectMany(o => new[] { Way(pod, o), Way(o, pod) })]);

    /// <summary>What one sends to the other is lost; what the other sends arrives.</summary>
    public Task CutOneWay(string from, string to) => Drop(Way(from, to));

    /// <summary>Of all packets so many in a hundred are lost.</summary>
    public Task Lose(int percent) => Drop(string.Create(CultureInfo.InvariantCulture, $"ip protocol tcp numgen random mod 100 < {percent}"));

    /// <summary>Has a pod send each packet as it would over a wire: within one machine the kernel hands several of them over as a large one, which no limit of size meets. For connections from now on.</summary>
    public Task SendWirePackets(string pod) => Inside(pod, "ip", ["link", "set", "eth0", "gso_max_segs", "1"]);

    /// <summary>Packets above so many bytes do not reach a pod, and nobody says so.</summary>
    public Task SwallowAbove(int bytes, string pod) => Drop(string.Create(CultureInfo.InvariantCulture, $"ip daddr {addresses[pod]} ip length > {bytes}"));

    /// <summary>Lets all packets through again.</summary>
    public static Task Mend() => Tool.Succeeds("nft", [$"add table bridge {Table}\ndelete table bridge {Table}"]);

    /// <summary>What a pod sends and is sent passes at no more than so many megabits a second, each way.</summary>
    public async Task Limit(string pod, int megabits)
    {
        string[] limit = ["root", "tbf", "rate", $"{megabits}mbit", "burst", "32kb", "latency", "200ms"];
        await Inside(pod, "tc", ["qdisc", "add", "dev", "eth0", .. limit]);
        await Tool.Succeeds("tc", ["qdisc", "add", "dev", await OuterEnd(pod), .. limit]);
    }

    /// <summary>Ends <see cref="Limit"/>, where the pod has not been started again since.</summary>
    public async Task Unlimit(string pod)
    {
        await Tool.Run("nsenter", [$"--net=/proc/{await process(pod)}/ns/net", "tc", "qdisc", "del", "dev", "eth0", "root"]);
        await Tool.Run("tc", ["qdisc", "del", "dev", await OuterEnd(pod), "root"]);
    }

    /// <summary>A pod's interface takes packets of no more bytes, in both of its ends, from now on.</summary>
    public async Task SetMtu(string pod, int bytes = UsualMtu)
    {
        await Inside(pod, "ip", ["link", "set", "eth0", "mtu", $"{bytes}"]);
        await Tool.Succeeds("ip", ["link", "set", await OuterEnd(pod), "mtu", $"{bytes}"]);
    }

    /// <summary>What a pod sends to others travels for some milliseconds, until the result is disposed. Packets overtake each other where the times differ.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="least">At least so long.</param>
    /// <param name="most">At most so long.</param>
    public async Task<IAsyncDisposable> Delay(string pod, int least, int most)
    {
        var id = await process(pod);
        var queue = new PacketQueue(id, least, most);
        string[] rule = ["OUTPUT", "-d", "10.0.0.0/8", "-j", "NFQUEUE", "--queue-num", $"{PacketQueue.Number}"];
        await Inside(pod, "iptables-nft", ["-A", .. rule]);
        return new Delayed(queue, () => Tool.Run("nsenter", [$"--net=/proc/{id}/ns/net", "iptables-nft", "-D", .. rule])); // where the pod has ended since, there is none
    }

    private string Way(string from, string to) => $"ip saddr {addresses[from]} ip daddr {addresses[to]}";

    private static Task Drop(params string[] packets) => Tool.Succeeds("nft",
    [
        string.Join('\n',
        [
            $"add table bridge {Table}", $"delete table bridge {Table}", $"add table bridge {Table}",
            $"add chain bridge {Table} forward {{ type filter hook forward priority 0 ; }}",
            .. packets.Select(p => $"add rule bridge {Table} forward {p} drop"),
        ]),
    ]);

    private async Task<string> Inside(string pod, string program, string[] arguments) =>
        await Tool.Succeeds("nsenter", [$"--net=/proc/{await process(pod)}/ns/net", program, .. arguments]);

    // A pod's interface is one end of a pair: the other one is on the bridge.
    private async Task<string> OuterEnd(string pod)
    {
        var inner = JsonDocument.Parse(await Inside(pod, "ip", ["-json", "link", "show", "eth0"])).RootElement[0].GetProperty("link_index").GetInt32();
        return JsonDocument.Parse(await Tool.Succeeds("ip", ["-json", "link"])).RootElement.EnumerateArray()
            .Single(l => l.GetProperty("ifindex").GetInt32() == inner).GetProperty("ifname").GetString()!;
    }

    private sealed class Delayed(PacketQueue queue, Func<Task> end) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await end(); // first: packets for which nobody asks are lost
            queue.Dispose();
        }
    }
}
