using System.Text.RegularExpressions;

namespace Granary.Deploy.Tests.Manifests.Rules;

/// <summary>No root, nothing that can be written but what is mounted, no token of the cluster's, and images that do not change.</summary>
internal static partial class SecurityRules
{
    [GeneratedRegex(@":[\w][\w.-]*$")]
    private static partial Regex Tag();

    public static IEnumerable<string> Problems(ManifestSet set, SiloFacts silo) => set.Pods.SelectMany(p => OfPod(p).Select(problem => $"{p.Name}: {problem}"));

    private static IEnumerable<string> OfPod(Pod pod)
    {
        if (pod.Spec.SecurityContext is not { RunAsNonRoot: true, RunAsUser: > 0, RunAsGroup: > 0, FsGroup: > 0, SeccompProfile.Type: "RuntimeDefault" })
        {
            yield return "it may run as root, its volumes belong to nobody, or it may call the whole kernel (securityContext)";
        }

        if (pod.Spec.AutomountServiceAccountToken != false)
        {
            yield return "it gets a token of the cluster's API (automountServiceAccountToken)";
        }

        if (pod.Spec.HostNetwork == true || pod.Spec.HostPID == true || pod.Spec.HostIPC == true || (pod.Spec.Volumes ?? []).Any(v => v.HostPath is not null))
        {
            yield return "it shares something with its node";
        }

        foreach (var container in pod.Containers)
        {
            if (container.SecurityContext is not { AllowPrivilegeEscalation: false, ReadOnlyRootFilesystem: true } context || context.Capabilities?.Drop?.Contains("ALL") != true)
            {
                yield return $"{container.Name} may become more than it is, or change its own files (securityContext)";
            }

            if (!Tag().IsMatch(container.Image) || container.Image.EndsWith(":latest", StringComparison.Ordinal))
            {
                yield return $"{container.Name}: image {container.Image} has no version";
            }
        }
    }
}
