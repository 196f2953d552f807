using System.Diagnostics;
using k8s;
using k8s.Models;

namespace Granary.Architecture.Tests;

public class ManifestTests
{
    private static readonly string Base = Path.Combine(Repository.Root, "deploy/base");

    private static List<object> Objects() => [.. Directory.GetFiles(Base, "*.yaml").Where(f => Path.GetFileName(f) != "kustomization.yaml").Order()
        .SelectMany(f => KubernetesYaml.LoadAllFromString(File.ReadAllText(f), null, strict: true))];

    [Fact]
    public void Silos_have_probes_resources_and_no_root()
    {
        var silos = Objects().OfType<V1StatefulSet>().Single(s => s.Metadata.Name == "granary-silo").Spec.Template.Spec;
        var container = silos.Containers.Single();
        Assert.NotNull(container.LivenessProbe.HttpGet);
        Assert.NotNull(container.ReadinessProbe.HttpGet);
        Assert.True(container.Resources.Requests.ContainsKey("cpu"));
        Assert.False(container.Resources.Limits.ContainsKey("cpu"));
        Assert.True(container.Resources.Limits.ContainsKey("memory"));
        Assert.True(silos.SecurityContext.RunAsNonRoot);
        Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
        Assert.True(silos.TerminationGracePeriodSeconds > 30);
        Assert.Contains(container.Env, e => e.Name == "POD_IP" && e.ValueFrom.FieldRef.FieldPath == "status.podIP");
    }

    [Fact]
    public void Every_image_has_a_version() => Assert.All(
        Objects().OfType<V1StatefulSet>().SelectMany(s => s.Spec.Template.Spec.Containers),
        c => Assert.Matches(@":[^:]+$", c.Image.Replace(":latest", "", StringComparison.Ordinal)));

    [Fact]
    public void The_kustomization_lists_every_manifest() => Assert.Equal(
        Directory.GetFiles(Base, "*.yaml").Select(Path.GetFileName).Where(f => f != "kustomization.yaml").Order(),
        File.ReadLines(Path.Combine(Base, "kustomization.yaml")).Where(l => l.StartsWith("  - ", StringComparison.Ordinal)).Select(l => l[4..]).Order());

    // A silo in a pod listens beyond the loopback: without either it would not start.
    [Fact]
    public void The_base_says_that_anyone_is_let_in() => Assert.Equal("true", Objects().OfType<V1ConfigMap>().Single(c => c.Metadata.Name == "granary").Data["GRANARY_INSECURE"]);

    [Theory]
    [InlineData("deploy/base", "GRANARY_INSECURE", "GRANARY_CERTS")]
    [InlineData("deploy/tls", "GRANARY_CERTS", "GRANARY_INSECURE")]
    public void Kustomize_builds_it(string folder, string says, string saysNot)
    {
        var kubectl = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(p => Path.Combine(p, "kubectl")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(kubectl is null, "kubectl is not on the PATH");
        using var process = Process.Start(new ProcessStartInfo(kubectl!, ["kustomize", Path.Combine(Repository.Root, folder)]) { RedirectStandardOutput = true })!;
        var built = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        Assert.Contains("granary-silo", built);
        Assert.Contains(says, built);
        Assert.DoesNotContain(saysNot, built);
    }
}
