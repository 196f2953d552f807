namespace Granary.Deploy.Tests.Manifests;

/// <summary>Manifests that nothing can be made of; the message says which and why.</summary>
internal sealed class ManifestException(string message) : Exception(message);
