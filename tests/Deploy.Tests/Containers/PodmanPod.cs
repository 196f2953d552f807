using System.Globalization;
using System.Text.Json;
using Granary.Deploy.Tests.Manifests;
using k8s.Models;

namespace Granary.Deploy.Tests.Containers;

/// <summary>What podman is told so that it runs a pod as a kubelet would. All of it is taken from the manifests.</summary>
internal static class PodmanPod
{
    private const int SharesOfACore = 1024;

    /// <summary>The arguments after <c>podman</c>.</summary>
    /// <param name="set">The manifests.</param>
    /// <param name="pod">The pods of a StatefulSet.</param>
    /// <param name="number">Which of them, from 0.</param>
    /// <param name="places">What a cluster would choose.</param>
    /// <exception cref="ManifestException">Something has no counterpart.</exception>
    public static IReadOnlyList<string> Arguments(ManifestSet set, Pod pod, int number, PodPlaces places)
    {
        var name = $"{pod.Name}-{number}";
        var container = pod.Spec.Containers is [var only] ? only : throw new ManifestException($"{pod.Name} has {pod.Spec.Containers.Count} containers, and one is what this can run");
        var facts = new PodFacts(name, set.Namespace, places.Addresses[name]);
        return
        [
            "run", "--detach", "--pull=never", $"--name={name}", $"--hostname={name}", $"--network={places.Network}", $"--ip={facts.Ip}",
            $"--stop-timeout={pod.Spec.TerminationGracePeriodSeconds}",
            .. User(pod.Spec.SecurityContext),
            .. Rights(container.SecurityContext),
            .. Limits(container.Resources),
            .. Services(set, places).Select(s => $"--add-host={s.Name}:{s.Address}"),
            .. Mounts(pod, name, container, places),
            .. PodEnvironment.Of(set, container, facts).Select(e => $"--env={e.Key}={e.Value}"),
            .. Entrypoint(container),
            $"localhost/{container.Image}",
            .. container.Args ?? [],
        ];
    }

    /// <summary>Names that pods find each other by. A Service's address is that of its first pod.</summary>
    private static IEnumerable<(string Name, string Address)> Services(ManifestSet set, PodPlaces places)
    {
        foreach (var service in set.Of<V1Service>())
        {
            var pod = set.Pods.FirstOrDefault(p => Selectors.Match(service.Spec.Selector, p.Labels));
            if (pod is null)
            {
                continue; // nobody finds it, as in a cluster
            }

            foreach (var port in service.Spec.Ports)
            {
                if (pod.Port(port.TargetPort is null ? $"{port.Port}" : $"{port.TargetPort}")?.ContainerPort != port.Port)
                {
                    throw new ManifestException($"Service {service.Metadata.Name} gives port {port.Port} another number, which podman's networks cannot");
                }
            }

            yield return (service.Metadata.Name, places.Addresses[$"{pod.Name}-0"]);
        }
    }

    private static IEnumerable<string> Entrypoint(V1Container container)
    {
        if (container.Command is { Count: > 0 } command)
        {
            yield return $"--entrypoint={JsonSerializer.Serialize(command)}";
        }
    }

    private static IEnumerable<string> User(V1PodSecurityContext? context)
    {
        if (context is not null)
        {
            yield return $"--user={context.RunAsUser}:{context.RunAsGroup}";
            yield return $"--group-add={context.FsGroup}";
        }
    }

    private static IEnumerable<string> Rights(V1SecurityContext? context)
    {
        if (context?.ReadOnlyRootFilesystem == true)
        {
            yield return "--read-only";
            yield return "--read-only-tmpfs=false";
        }

        if (context?.AllowPrivilegeEscalation == false)
        {
            yield return "--security-opt=no-new-privileges";
        }

        foreach (var capability in context?.Capabilities?.Drop ?? [])
        {
            yield return $"--cap-drop={capability}";
        }
    }

    private static IEnumerable<string> Limits(V1ResourceRequirements? resources)
    {
        if (resources?.Limits?.TryGetValue("memory", out var memory) == true)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"--memory={memory.ToDecimal():0}");
        }

        if (resources?.Requests?.TryGetValue("cpu", out var cores) == true)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"--cpu-shares={Math.Max(2, cores.ToDecimal() * SharesOfACore):0}");
        }
    }

    private static IEnumerable<string> Mounts(Pod pod, string name, V1Container container, PodPlaces places)
    {
        var volumes = PodVolume.Of(pod, name, places.Volumes).ToDictionary(v => v.Name, v => v.Folder);
        return (container.VolumeMounts ?? []).Select(m => volumes.TryGetValue(m.Name, out var folder)
            ? $"--volume={folder}:{m.MountPath}{(m.ReadOnlyProperty == true ? ":ro" : "")}"
            : throw new ManifestException($"{m.MountPath} is volume {m.Name}, which is not there"));
    }
}
