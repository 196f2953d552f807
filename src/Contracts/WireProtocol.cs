namespace Granary.Contracts;

/// <summary>What silos say to each other, by grain calls and over the tensor channel, as a number: silos of two builds work together on a job where it is the same.</summary>
public static class WireProtocol
{
    /// <summary>This build's. It is raised when a build of before could not follow, because a field's or a method's meaning has changed; that fields and methods have been added is
    /// no such change. A test holds the grain calls and their records against what they were; the tensor channel's
    /// handshake and frames are its own to watch.</summary>
    public const int Number = 1;
}
