using k8s;
using k8s.Models;

namespace Granary.Deploy.Tests.Manifests;

/// <summary>Objects that are applied together.</summary>
internal sealed class ManifestSet
{
    /// <param name="yaml">Documents, parted by <c>---</c>. They are parsed strictly: a field that Kubernetes' types do not have is an error.</param>
    public ManifestSet(string yaml)
    {
        Objects = [.. KubernetesYaml.LoadAllFromString(yaml, null, strict: true).Cast<IKubernetesObject<V1ObjectMeta>>()];
        Pods = [.. Of<V1StatefulSet>().Select(s => new Pod(s))];
    }

    public IReadOnlyList<IKubernetesObject<V1ObjectMeta>> Objects { get; }

    public IReadOnlyList<Pod> Pods { get; }

    public IEnumerable<Pod> Silos => Pods.Where(p => p.IsSilo);

    public IEnumerable<T> Of<T>() => Objects.OfType<T>();

    public T? Find<T>(string? name)
        where T : class, IKubernetesObject<V1ObjectMeta> => Of<T>().FirstOrDefault(o => o.Metadata.Name == name);

    /// <summary>The namespace that all are in; "default" where none is named.</summary>
    public string Namespace => Of<V1StatefulSet>().Select(s => s.Metadata.NamespaceProperty).FirstOrDefault(n => n is not null) ?? "default";

    /// <summary>What a container finds in its environment, in a pod with an address that is made up.</summary>
    public IReadOnlyDictionary<string, string> Environment(Pod pod, V1Container container) =>
        PodEnvironment.Of(this, container, new PodFacts($"{pod.Name}-0", Namespace, "10.0.0.1"));
}
