using System.Text.RegularExpressions;
using k8s.Models;

namespace Granary.Deploy.Tests.Manifests;

/// <summary>What is known of a pod once it has a place.</summary>
internal sealed record PodFacts(string Name, string Namespace, string Ip);

/// <summary>The environment of a container, made as the kubelet makes it: config maps first, then the variables in their order, each of which may
/// name those before it as $(NAME).</summary>
internal static partial class PodEnvironment
{
    [GeneratedRegex(@"\$\$|\$\((\w+)\)")]
    private static partial Regex Reference();

    /// <exception cref="ManifestException">A value comes from where nothing can be known.</exception>
    public static IReadOnlyDictionary<string, string> Of(ManifestSet set, V1Container container, PodFacts facts)
    {
        var all = new Dictionary<string, string>();
        foreach (var source in container.EnvFrom ?? [])
        {
            var values = source.ConfigMapRef is { } map ? set.Find<V1ConfigMap>(map.Name)?.Data : set.Find<V1Secret>(source.SecretRef?.Name)?.StringData;
            foreach (var (name, value) in values ?? new Dictionary<string, string>())
            {
                all[source.Prefix + name] = value;
            }
        }

        var before = new Dictionary<string, string>();
        foreach (var variable in container.Env ?? [])
        {
            if ((variable.ValueFrom is { } source ? Found(set, source, facts) : Expand(variable.Value ?? "", before)) is { } value)
            {
                all[variable.Name] = before[variable.Name] = value;
            }
        }

        return all;
    }

    private static string Expand(string text, Dictionary<string, string> before) => Reference().Replace(
        text, m => m.Value == "$$" ? "$" : before.GetValueOrDefault(m.Groups[1].Value, m.Value));

    private static string? Found(ManifestSet set, V1EnvVarSource source, PodFacts facts) => source switch
    {
        { FieldRef.FieldPath: "metadata.name" } => facts.Name,
        { FieldRef.FieldPath: "metadata.namespace" } => facts.Namespace,
        { FieldRef.FieldPath: "status.podIP" } => facts.Ip,
        { FieldRef: { } field } => throw new ManifestException($"{field.FieldPath} is no field of a pod that this check knows"),
        { ConfigMapKeyRef: { } key } => set.Find<V1ConfigMap>(key.Name)?.Data?.TryGetValue(key.Key, out var value) == true ? value : null,
        { SecretKeyRef: { } key } => set.Find<V1Secret>(key.Name)?.StringData?.TryGetValue(key.Key, out var value) == true ? value : null,
        _ => throw new ManifestException("a variable's value comes from where this check knows nothing"),
    };
}
