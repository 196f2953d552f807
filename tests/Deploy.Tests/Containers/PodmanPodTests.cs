using Granary.Deploy.Tests.Manifests;

namespace Granary.Deploy.Tests.Containers;

/// <summary>What podman is told is what the manifests say.</summary>
public class PodmanPodTests
{
    private static readonly ManifestSet Set = new(ManifestFiles.Plain);

    private static readonly PodPlaces Places = new("net", "/volumes", new Dictionary<string, string>
    {
        ["granary-silo-0"] = "10.0.0.10",
        ["granary-silo-1"] = "10.0.0.11",
        ["granary-redis-0"] = "10.0.0.9",
    });

    [Fact]
    public void A_silo_runs_as_its_pod_says()
    {
        var arguments = PodmanPod.Arguments(Set, Set.Silos.Single(), 1, Places);
        Assert.Superset(
            new HashSet<string>
            {
                "--name=granary-silo-1", "--ip=10.0.0.11", "--user=1654:1654", "--group-add=1654", "--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges", "--memory=2147483648",
                "--cpu-shares=1024", "--stop-timeout=45", "--add-host=granary-redis:10.0.0.9", "--volume=/volumes/pods/granary-silo-1/data:/data", "--volume=/volumes/pods/granary-silo-1/tmp:/tmp",
                "--env=POD_IP=10.0.0.11", "--env=POD_NAME=granary-silo-1", "--env=GRANARY_CHANNEL_PORT=12000", "--env=GRANARY_WEB_HOSTS=granary-api,granary-api.default,granary-api.default.svc",
            },
            arguments.ToHashSet());
        Assert.Equal(["localhost/granary/silo:0.1.0", "silo"], arguments.TakeLast(2));
    }

    [Fact]
    public void Redis_runs_its_own_command_on_a_claim_of_its_own()
    {
        var arguments = PodmanPod.Arguments(Set, Set.Pods.Single(p => p.Name == "granary-redis"), 0, Places);
        Assert.Contains("--entrypoint=[\"redis-server\"]", arguments);
        Assert.Contains("--volume=/volumes/claims/data-granary-redis-0:/data", arguments);
        Assert.Contains("--user=999:999", arguments);
    }
}
