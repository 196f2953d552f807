using System.Text.RegularExpressions;
using Granary.Deploy.Tests.Manifests;
using k8s;

namespace Granary.Deploy.Tests;

/// <summary>The manifests in deploy, parsed as strictly as an API server would, and checked for what they mean.</summary>
public class ManifestTests
{
    // A small node: two cores and 4 GiB, of which Kubernetes leaves about so much to pods.
    private const decimal SmallNodeCores = 1.9m;
    private const decimal SmallNodeMemory = 3.2m * 1024 * 1024 * 1024;

    public static TheoryData<string> Files => [.. ManifestFiles.All];

    public static TheoryData<string> Folders => [.. ManifestFiles.Folders];

    public static TheoryData<string> Components => [.. ManifestFiles.Components];

    public static TheoryData<string> Overlays => [.. ManifestFiles.Overlays];

    private static void IsRight(string yaml) => Assert.Empty(ManifestCheck.Problems(yaml, SiloFacts.Get()));

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_file_has_only_fields_that_Kubernetes_knows(string path) =>
        Assert.NotEmpty(KubernetesYaml.LoadAllFromString(ManifestFiles.Read(path), null, strict: true));

    [Theory]
    [MemberData(nameof(Folders))]
    public void Every_kustomization_names_every_file_of_its_folder(string folder)
    {
        var named = Regex.Matches(ManifestFiles.KustomizationOf(folder), @"(?m)^ *- (?:path: )?(\S+\.yaml)$").Select(m => m.Groups[1].Value);
        Assert.Equal(ManifestFiles.Of(folder).Select(Path.GetFileName), named.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_base_with_a_redis_means_what_it_should() => IsRight(ManifestFiles.Plain);

    [Fact]
    public void The_base_alone_lacks_its_store_and_nothing_else() => Assert.Equal(
        ["granary-silo: GRANARY_REDIS is granary-redis:6379, which no Service serves"], ManifestCheck.Problems(Kustomize.RenderBase(), SiloFacts.Get()));

    [Theory]
    [MemberData(nameof(Components))]
    public void The_base_with_a_component_means_what_it_should(string component) =>
        IsRight(component == "redis" ? Kustomize.RenderBase("redis") : Kustomize.RenderBase("redis", component));

    [Fact]
    public void All_components_go_together() => IsRight(Kustomize.RenderBase([.. ManifestFiles.Components]));

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Every_overlay_means_what_it_should(string overlay) => IsRight(Kustomize.Render(Path.Combine(Kustomize.Folder, "overlays", overlay)));

    [Fact]
    public void A_silo_and_its_redis_fit_on_a_small_node()
    {
        var containers = new ManifestSet(ManifestFiles.Plain).Pods.SelectMany(p => p.Containers).ToArray();
        decimal Sum(string resource) => containers.Sum(c => c.Resources.Requests[resource].ToDecimal());
        Assert.InRange(Sum("cpu"), 0.1m, SmallNodeCores);
        Assert.InRange(Sum("memory"), 0.1m, SmallNodeMemory);
    }

    [Fact]
    public void What_all_silos_share_can_be_mounted_by_all()
    {
        var set = new ManifestSet(Kustomize.RenderBase("redis", "shared-claim"));
        var volume = Assert.Single(set.Silos.Single().Spec.Volumes, v => v.Name == "data");
        Assert.Null(volume.EmptyDir);
        Assert.Equal("granary-data", volume.PersistentVolumeClaim.ClaimName);
        Assert.Equal(["ReadWriteMany"], set.Find<k8s.Models.V1PersistentVolumeClaim>("granary-data")!.Spec.AccessModes);
    }

    [Fact]
    public void The_silo_tells_its_settings_and_what_it_serves()
    {
        var silo = SiloFacts.Get();
        Assert.Contains("GRANARY_CHECKPOINTS", silo.Settings);
        Assert.Equal(["/health/live", "/health/ready", "/metrics"], silo.HealthPaths.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("$(A)-$(B)", "1-$(B)")]
    [InlineData("$$(A)", "$(A)")]
    [InlineData("A", "A")]
    public void A_variable_may_name_those_before_it(string value, string expected)
    {
        var container = new k8s.Models.V1Container { Name = "c", Env = [new() { Name = "A", Value = "1" }, new() { Name = "C", Value = value }, new() { Name = "B", Value = "2" }] };
        Assert.Equal(expected, PodEnvironment.Of(new ManifestSet(ManifestFiles.Plain), container, new PodFacts("p", "n", "10.0.0.1"))["C"]);
    }
}
