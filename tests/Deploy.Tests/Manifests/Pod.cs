using k8s.Models;

namespace Granary.Deploy.Tests.Manifests;

/// <summary>The pods of a StatefulSet: what they have in common.</summary>
/// <param name="Owner">The StatefulSet.</param>
internal sealed record Pod(V1StatefulSet Owner)
{
    /// <summary>What the container of a silo is called.</summary>
    public const string Silo = "silo";

    public string Name => Owner.Metadata.Name;

    public V1PodSpec Spec => Owner.Spec.Template.Spec;

    public IDictionary<string, string>? Labels => Owner.Spec.Template.Metadata?.Labels;

    public IEnumerable<V1Container> Containers => [.. Spec.InitContainers ?? [], .. Spec.Containers];

    public bool IsSilo => Spec.Containers.Any(c => c.Name == Silo);

    public IEnumerable<V1ContainerPort> Ports => Spec.Containers.SelectMany(c => c.Ports ?? []);

    /// <summary>The port that a name or a number means; null: there is none.</summary>
    public V1ContainerPort? Port(string nameOrNumber) => Ports.FirstOrDefault(p => p.Name == nameOrNumber || $"{p.ContainerPort}" == nameOrNumber);
}
