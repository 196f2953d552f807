namespace Granary.Sdk.Local;

/// <summary>Receives how a cluster of this machine starts, and what happens to its silos.</summary>
internal interface IStartListener : IProgress<StartEvent>
{
    /// <summary>The silos run, and are being connected to.</summary>
    void Connecting();

    /// <summary>Something worth knowing, for people.</summary>
    void Say(string line);
}
