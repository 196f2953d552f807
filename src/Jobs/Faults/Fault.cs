namespace Granary.Jobs;

/// <summary>What is done to silos, or to a job.</summary>
public enum FaultKind
{
    /// <summary>Ends a silo's process at once, as kill -9 does.</summary>
    Kill,

    /// <summary>Asks a silo to stop, as SIGTERM does.</summary>
    Terminate,

    /// <summary>Stops a silo's process and lets it go on later.</summary>
    Freeze,

    /// <summary>Makes a silo's gradients take a multiple of their time.</summary>
    Slow,

    /// <summary>A silo's tensor channels carry nothing, either way, as if every packet were lost: all of them, or that to one other silo.</summary>
    Drop,

    /// <summary>What a silo sends over tensor channels travels for some milliseconds, at a bounded rate.</summary>
    Delay,

    /// <summary>One bit of the next chunk that a silo sends over a tensor channel is turned over.</summary>
    Corrupt,

    /// <summary>Grain state can be neither read nor written by a silo.</summary>
    FailStorage,

    /// <summary>A silo's checkpoints meet a full disk.</summary>
    FullDisk,

    /// <summary>A silo's shards do not get their data read.</summary>
    HoldReading,

    /// <summary>Changes how many silos the cluster has.</summary>
    Scale,

    /// <summary>Pauses the job and resumes it later.</summary>
    Pause,
}

/// <summary>One fault, as it is done.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Seconds">How long it lasts, where it has an end.</param>
/// <param name="Factor">Slow: the multiple of the time; scale: the number of silos.</param>
/// <param name="Milliseconds">Delay: the time of travel.</param>
/// <param name="MegabytesPerSecond">Delay: the rate, in 10^6 bytes a second; 0: unbounded.</param>
/// <param name="From">Drop: the silo that it is cut off from; null: all.</param>
public sealed record Fault(FaultKind Kind, double Seconds = 0, double Factor = 0, double Milliseconds = 0, double MegabytesPerSecond = 0, string? From = null)
{
    /// <summary>Whether it is done within a silo, and not to its process.</summary>
    public bool IsWithin => Kind is FaultKind.Slow or FaultKind.Drop or FaultKind.Delay or FaultKind.Corrupt or FaultKind.FailStorage or FaultKind.FullDisk
        or FaultKind.HoldReading;

    /// <summary>Whether the job is expected to form a new generation for it.</summary>
    public bool EndsGeneration => Kind is FaultKind.Kill or FaultKind.Corrupt || (Kind == FaultKind.Freeze && Seconds > 3) || (Kind == FaultKind.Drop && Seconds > 4);
}
