using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Granary.Deploy.Tests.Manifests;
using k8s.Models;

namespace Granary.Deploy.Tests.Containers;

/// <summary>The pods of a rendering as podman's containers on one network, each with an address of its own.</summary>
internal sealed class ContainerCluster : IAsyncDisposable
{
    private const string NetworkName = "granary-test";
    private const string Subnet = "10.93.7";
    private const int MostEnds = 5; // of a pod, in a test: more is a crash loop

    private static readonly TimeSpan LongestRestart = TimeSpan.FromMinutes(1);

    private static readonly string Cache = Environment.GetEnvironmentVariable("GRANARY_CONTAINER_CACHE") is { Length: > 0 } folder ? folder : "/var/tmp/granary-containers";

    private static readonly Dictionary<string, string> Variables = new()
    {
        ["CONTAINERS_CONF"] = Path.Combine(Cache, "containers.conf"),
        ["CONTAINERS_STORAGE_CONF"] = Path.Combine(Cache, "storage.conf"),
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;
    private readonly ManifestSet _set;
    private readonly PodPlaces _places;
    private readonly ConcurrentDictionary<string, int> _processes = new(StringComparer.Ordinal);
    private readonly Kubelet _kubelet;
    private bool _gone;

    private ContainerCluster(ManifestSet set)
    {
        _set = set;
        Pods = [.. set.Pods.OrderBy(p => p.IsSilo).SelectMany(p => Enumerable.Range(0, p.Owner.Spec.Replicas ?? 1).Select(n => (p, n)))];
        _places = new PodPlaces(NetworkName, _folder, Pods.Select((p, i) => (Name: $"{p.Pod.Name}-{p.Number}", Address: $"{Subnet}.{10 + i}")).ToDictionary(p => p.Name, p => p.Address));
        Network = new PodNetwork(_places.Addresses, RunningProcess);
        _kubelet = new Kubelet(IsRunning, Again);
    }

    /// <summary>What may be wrong with the network between them.</summary>
    public PodNetwork Network { get; }

    /// <summary>The program in the image, on this machine.</summary>
    public static string CommandLine => Path.Combine(Cache, "out", "granary.dll");

    /// <summary>What must be here; null: it is.</summary>
    public static string? Missing()
    {
        if (Environment.GetEnvironmentVariable("GRANARY_CONTAINERS") is var asked && asked != "1")
        {
            return asked is { Length: > 0 } ? asked : "containers take minutes: .ci/containers builds their images and runs these tests";
        }

        var tools = new[] { "podman", "buildah", "runc", "conmon", "nft", "mmdebstrap", "kubectl" }.Where(t => !Tool.IsHere(t) && !File.Exists($"/usr/sbin/{t}")).ToArray();
        return tools.Length > 0 ? $"{string.Join(", ", tools)} not on the PATH" : File.Exists(Variables["CONTAINERS_CONF"]) ? null : "the images are not built: .ci/containers";
    }

    /// <summary>All pods, those that silos need first.</summary>
    public IReadOnlyList<(Pod Pod, int Number)> Pods { get; }

    public IReadOnlyList<string> Silos => [.. Pods.Where(p => p.Pod.IsSilo).Select(p => $"{p.Pod.Name}-{p.Number}")];

    /// <summary>The seconds that a silo is given to end.</summary>
    public double GraceOfSilos => _set.Silos.Single().Spec.TerminationGracePeriodSeconds!.Value;

    /// <summary>The folder of a claim.</summary>
    public string Claim(string name) => Path.Combine(_folder, "claims", name);

    /// <summary>Where a silo's API is.</summary>
    public Uri Api(string silo) => new($"http://{_places.Addresses[silo]}:{_set.Silos.Single().Ports.Single(p => p.Name == "web").ContainerPort}/");

    /// <summary>Starts a network and every pod; returns when all are ready.</summary>
    public static async Task<ContainerCluster> Start(ManifestSet set)
    {
        var cluster = new ContainerCluster(set);
        try
        {
            await cluster.RemovePods();
            await Tool.Run("podman", ["network", "rm", "--force", NetworkName], Variables);
            await Tool.Succeeds("podman", ["network", "create", "--disable-dns", $"--subnet={Subnet}.0/24", NetworkName], Variables);
            foreach (var group in cluster.Pods.GroupBy(p => p.Pod.IsSilo))
            {
                foreach (var (pod, number) in group)
                {
                    await cluster.Start($"{pod.Name}-{number}");
                }

                foreach (var (pod, number) in group)
                {
                    await cluster.Ready($"{pod.Name}-{number}");
                }
            }

            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a pod with what is left of its volumes. If it ends and no test has ended it, it is started again.</summary>
    public async Task Start(string name)
    {
        await Run(name);
        await _kubelet.Wants(name);
    }

    /// <summary>The pods that have ended and that no test had ended; they were started again.</summary>
    public IReadOnlyList<EndedPod> EndedOfThemselves => _kubelet.Ended;

    private async Task Run(string name)
    {
        var (pod, number) = Pods.Single(p => $"{p.Pod.Name}-{p.Number}" == name);
        foreach (var volume in PodVolume.Of(pod, name, _folder).Where(v => !Directory.Exists(v.Folder)))
        {
            // As a kubelet does for fsGroup.
            Directory.CreateDirectory(volume.Folder);
            await Tool.Succeeds("chgrp", [$"{pod.Spec.SecurityContext.FsGroup}", volume.Folder]);
            await Tool.Succeeds("chmod", ["2775", volume.Folder]);
        }

        await Tool.Succeeds("podman", PodmanPod.Arguments(_set, pod, number, _places), Variables);
        _processes[name] = int.Parse(await Tool.Succeeds("podman", ["inspect", "--format={{.State.Pid}}", name], Variables), CultureInfo.InvariantCulture); // 0: it has ended
        try
        {
            await Network.SendWirePackets(name);
        }
        catch (Exception) when (!IsRunning(name))
        {
            // It has ended already: whoever waits for it, or starts it again, sees that.
        }
    }

    // What has ended of itself, or could not be started again.
    private async Task<EndedPod> Again(string name)
    {
        const int Lines = 20;
        var wrote = string.Join('\n', (await Logs(name)).Split('\n').TakeLast(Lines));
        var (known, code, _) = await Tool.Run("timeout", ["30", "podman", "wait", name], Variables); // it may not have heard of the end yet
        await Tool.Run("podman", ["rm", "--force", "--ignore", "--time=0", name], Variables);
        await Run(name);
        return new EndedPod(name, known == 0 ? int.Parse(code, CultureInfo.InvariantCulture) : null, wrote);
    }

    /// <summary>No pod has ended of itself but silos, with a code that they may end with.</summary>
    public void NoneHasEndedBut(int code) => Assert.All(EndedOfThemselves, e => Assert.True(e.Code == code && Silos.Contains(e.Pod), $"{e}"));

    /// <summary>Waits until a pod has ended of itself.</summary>
    public async Task HasEnded(string name)
    {
        for (var since = Stopwatch.StartNew(); EndedOfThemselves.All(e => e.Pod != name); await Task.Delay(TimeSpan.FromMilliseconds(100)))
        {
            Assert.True(since.Elapsed < LongestRestart, $"{name} has not ended");
        }
    }

    /// <summary>Waits until a pod's own probes say that it has started and is ready.</summary>
    public async Task Ready(string name)
    {
        var pod = Pods.Single(p => $"{p.Pod.Name}-{p.Number}" == name).Pod;
        var container = pod.Spec.Containers.Single();
        var longest = TimeSpan.FromSeconds((container.StartupProbe.PeriodSeconds ?? 10) * (container.StartupProbe.FailureThreshold ?? 3));
        foreach (var probe in new[] { container.StartupProbe, container.ReadinessProbe })
        {
            for (var since = Stopwatch.StartNew(); !await Answers(pod, probe, _places.Addresses[name]);)
            {
                var ends = EndedOfThemselves.Where(e => e.Pod == name).ToArray();
                if (since.Elapsed > longest || ends.Length >= MostEnds)
                {
                    Assert.Fail($"{name} does not answer its probe ({await State(name)}):\n{await Logs(name)}\nEnded before: {string.Join<EndedPod>('\n', ends)}");
                }

                await Task.Delay(TimeSpan.FromMilliseconds(200));
            }
        }
    }

    /// <summary>SIGTERM, and SIGKILL after a time; returns the exit code, and how long it took.</summary>
    /// <param name="name">The pod.</param>
    /// <param name="grace">How many seconds it has; null: as many as the manifests say.</param>
    public async Task<(int Code, TimeSpan Time)> Terminate(string name, int? grace = null)
    {
        await _kubelet.Lets(name);
        var since = Stopwatch.StartNew();
        await Tool.Succeeds("podman", grace is null ? ["stop", name] : ["stop", $"--time={grace}", name], Variables);
        var time = since.Elapsed;
        return (await Ended(name), time);
    }

    /// <summary>SIGKILL, where it has not ended by itself; returns the exit code.</summary>
    public async Task<int> Kill(string name)
    {
        await _kubelet.Lets(name);
        await Tool.Run("podman", ["kill", name], Variables);
        return await Ended(name);
    }

    // Waits for a container's end; returns its exit code, and removes it. Its volumes stay.
    private static async Task<int> Ended(string name)
    {
        var code = int.Parse(await Tool.Succeeds("podman", ["wait", name], Variables), CultureInfo.InvariantCulture);
        await Tool.Succeeds("podman", ["rm", "--force", "--time=0", name], Variables);
        return code;
    }

    /// <summary>Removes a pod with its volumes, as when its node is lost; what is not the pod's alone stays.</summary>
    public async Task Lose(string name)
    {
        await _kubelet.Lets(name);
        await Tool.Succeeds("podman", ["rm", "--force", "--time=0", name], Variables);
        foreach (var volume in PodVolume.Of(Pods.Single(p => $"{p.Pod.Name}-{p.Number}" == name).Pod, name, _folder).Where(v => v.IsPods))
        {
            Directory.Delete(volume.Folder, recursive: true);
        }
    }

    /// <summary>What a pod has written.</summary>
    public static async Task<string> Logs(string name)
    {
        var (_, output, errors) = await Tool.Run("podman", ["logs", name], Variables);
        return output + errors;
    }

    /// <summary>Runs a program within a pod.</summary>
    public static Task<string> Execute(string name, params string[] command) => Tool.Succeeds("podman", ["exec", name, .. command], Variables);

    /// <summary>Runs a program within whichever silo lives: it needs any of them, and one may end at any time.</summary>
    public async Task<string> ExecuteInAny(params string[] command)
    {
        var said = new List<string>();
        foreach (var silo in Silos)
        {
            var (code, output, errors) = await Tool.Run("podman", ["exec", silo, .. command], Variables);
            if (code == 0)
            {
                return output;
            }

            said.Add($"{silo}: code {code}: {output}{errors}");
        }

        Assert.Fail($"no silo does {string.Join(' ', command)}:\n{string.Join('\n', said)}");
        return "";
    }

    private static async Task<string> State(string name) => (await Tool.Run("podman", ["inspect", "--format={{.State.Status}}, code {{.State.ExitCode}}", name], Variables)).Output.Trim();

    // Whether a pod's process has not ended, by what was known when it was started.
    private bool IsRunning(string name) => _processes.GetValueOrDefault(name) is var process and not 0 && Directory.Exists($"/proc/{process}");

    // That of a pod which may just be about to be started again.
    private async Task<int> RunningProcess(string name)
    {
        for (var since = Stopwatch.StartNew(); !IsRunning(name) && since.Elapsed < LongestRestart;)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100));
        }

        return _processes[name];
    }

    private static async Task<bool> Answers(Pod pod, V1Probe probe, string address)
    {
        try
        {
            if (probe.TcpSocket is { } tcp)
            {
                using var client = new System.Net.Sockets.TcpClient();
                await client.ConnectAsync(address, pod.Port($"{tcp.Port}")!.ContainerPort);
                return true;
            }

            using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
            using var answer = await http.GetAsync(new Uri($"http://{address}:{pod.Port($"{probe.HttpGet.Port}")!.ContainerPort}{probe.HttpGet.Path}"));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or System.Net.Sockets.SocketException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_gone)
        {
            return;
        }

        _gone = true;
        try
        {
            await _kubelet.DisposeAsync();
        }
        finally
        {
            await Remove();
        }
    }

    private async Task Remove()
    {
        await RemovePods();
        await PodNetwork.Mend();
        await Tool.Run("podman", ["network", "rm", "--force", NetworkName], Variables);
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private Task RemovePods() => Tool.Run("podman", ["rm", "--force", "--ignore", "--time=0", .. Pods.Select(p => $"{p.Pod.Name}-{p.Number}")], Variables);
}
