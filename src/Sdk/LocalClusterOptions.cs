using Granary.Sdk.Local;

namespace Granary.Sdk;

/// <summary>How a local cluster runs.</summary>
public sealed class LocalClusterOptions
{
    /// <summary>Silo processes, at least 1. Default: 2.</summary>
    public int Silos { get; set; } = 2;

    /// <summary>Compute threads of each silo, at least 1. Default: the cores shared out evenly.</summary>
    public int? ThreadsPerSilo { get; set; }

    /// <summary>Jobs at once, at least 1: each has an equal part of every silo's compute threads. Default: 1, the others wait.</summary>
    public int JobsAtOnce { get; set; } = 1;

    /// <summary>What silos compute on: "auto", "cpu" or "cuda:N". Default: "auto".</summary>
    public string Device { get; set; } = "auto";

    /// <summary>Folder for the output folders of jobs that are given none; relative to the current one. Default: "runs".</summary>
    public string Output { get; set; } = "runs";

    /// <summary>The .dll of the silo's program, for models of one's own. Default: GRANARY_SILO, else Granary's own.</summary>
    public string? SiloProgram { get; set; }

    /// <summary>Told what is worth knowing though the cluster goes on, a line each: a silo that has ended and is started again. Default: nobody.</summary>
    public IProgress<string>? Notices { get; set; }

    /// <exception cref="ArgumentOutOfRangeException">A number is none that can be.</exception>
    internal LocalSettings Settings()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Silos, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(ThreadsPerSilo ?? 1, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(JobsAtOnce, 1);
        var even = LocalSettings.For(Silos, "none", JobsAtOnce);
        return even with { Threads = ThreadsPerSilo ?? even.Threads, Device = Device, Program = SiloProgram };
    }
}
