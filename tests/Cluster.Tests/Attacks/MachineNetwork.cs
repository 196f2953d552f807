using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Granary.Cluster.Tests;

/// <summary>
/// Machines on one machine: network namespaces, each with an address and a loopback of its own, joined by a bridge that lies in one more. Nothing of it is in the
/// namespace of the test. Linux, root and iproute2 are needed; where they are missing the test is skipped.
/// </summary>
internal sealed class MachineNetwork : IDisposable
{
    private const string Prefix = "granary-t";
    private const string Places = "/run/netns";
    private const int NewNetwork = 0x40000000;

    private readonly string _own = $"{Prefix}{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..4]}";
    private readonly List<string> _namespaces = [];

    private MachineNetwork()
    {
    }

    /// <summary>The namespace in which the bridge lies: every frame between machines goes through it.</summary>
    public string Bridge => Place("bridge");

    /// <summary>Makes machines, whose addresses are 10.83.0.2 and so on in their order.</summary>
    public static MachineNetwork Make(params string[] machines)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "network namespaces take root, on Linux");
        Assert.SkipUnless(File.Exists("/usr/sbin/ip") || File.Exists("/sbin/ip"), "ip is missing: apt-get install iproute2");
        RemoveLeftovers();
        var network = new MachineNetwork();
        try
        {
            var refused = network.Ip(["netns", "add", network.Named("bridge")]);
            Assert.SkipWhen(refused is not null, $"this machine makes no network namespaces: {refused}");
            network._namespaces.Add("bridge");
            network.Must("-n", network.Named("bridge"), "link", "add", "br0", "type", "bridge");
            network.Must("-n", network.Named("bridge"), "link", "set", "br0", "up");
            foreach (var (index, machine) in machines.Index())
            {
                network.Add(machine, index);
            }

            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    private void Add(string machine, int index)
    {
        var (own, link) = (Named(machine), $"port{index}");
        Must("netns", "add", own);
        _namespaces.Add(machine);
        Must("-n", own, "link", "set", "lo", "up");
        Must("-n", Named("bridge"), "link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", own);
        Must("-n", Named("bridge"), "link", "set", link, "master", "br0", "up");
        Must("-n", own, "addr", "add", $"{AddressOf(machine)}/24", "dev", "eth0");
        Must("-n", own, "link", "set", "eth0", "up");
    }

    /// <summary>A machine's address.</summary>
    public string AddressOf(string machine) => $"10.83.0.{1 + _namespaces.IndexOf(machine)}"; // the bridge comes first

    /// <summary>What comes before a command that is to run on a machine.</summary>
    public string[] On(string machine) => ["nsenter", $"--net={Place(machine)}"];

    /// <summary>Does something in a network namespace; sockets that are made there stay there.</summary>
    /// <param name="place">The namespace's file.</param>
    /// <param name="work">What is done, on a thread of its own.</param>
    public static T In<T>(string place, Func<T> work)
    {
        var result = default(T);
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var file = File.OpenHandle(place);
                if (SetNamespace(file, NewNetwork) != 0)
                {
                    throw new IOException($"{place} cannot be entered: error {Marshal.GetLastPInvokeError()}");
                }

                result = work();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? result! : throw new InvalidOperationException(failure.Message, failure);
    }

    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static extern int SetNamespace(SafeHandle place, int kind);

    private string Named(string machine) => $"{_own}-{machine}";

    private string Place(string machine) => $"{Places}/{Named(machine)}";

    private void Must(params string[] arguments) => Assert.Null(Ip(arguments));

    // Null: it was done; else what went wrong.
    private string? Ip(string[] arguments)
    {
        using var ip = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
        var errors = ip.StandardError.ReadToEnd();
        ip.WaitForExit();
        return ip.ExitCode == 0 ? null : $"ip {string.Join(' ', arguments)}: {errors.Trim()}";
    }

    // Links go with their namespaces.
    public void Dispose()
    {
        foreach (var machine in Enumerable.Reverse(_namespaces))
        {
            Ip(["netns", "del", Named(machine)]);
        }

        _namespaces.Clear();
    }

    // Those of a test process that was killed.
    private static void RemoveLeftovers()
    {
        foreach (var name in Directory.Exists(Places) ? Directory.GetFiles(Places, Prefix + "*").Select(f => Path.GetFileName(f)) : [])
        {
            var process = int.Parse(name[Prefix.Length..].Split('-')[0], CultureInfo.InvariantCulture);
            if (!Directory.Exists($"/proc/{process}"))
            {
                using var ip = Process.Start("ip", ["netns", "del", name]);
                ip.WaitForExit();
            }
        }
    }
}
