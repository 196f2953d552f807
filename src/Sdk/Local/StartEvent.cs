namespace Granary.Sdk.Local;

/// <summary>How far a silo of a cluster that starts has come.</summary>
internal enum StartStage
{
    /// <summary>Its process runs.</summary>
    Starting,

    /// <summary>It has joined the cluster.</summary>
    Joined,
}

/// <summary>Something that happened while a cluster starts.</summary>
/// <param name="Silo">The silo's name.</param>
/// <param name="Stage">How far it has come.</param>
internal sealed record StartEvent(string Silo, StartStage Stage);
