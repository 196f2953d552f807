namespace Granary.Jobs;

/// <summary>What reading a job file depends on, beside its text.</summary>
/// <param name="Folder">Where relative paths in it start.</param>
/// <param name="CurrentDirectory">Where relative paths in overrides start.</param>
/// <param name="AnyKind">Whether kinds that are not built in are accepted here and left to the silo's program, which alone knows them.</param>
/// <param name="Elsewhere">Where a cluster elsewhere has the files that the job names, which need not be here; null: they must be.</param>
internal sealed record ReadingPlace(string Folder, string CurrentDirectory, bool AnyKind, FileElsewhere? Elsewhere = null);

/// <summary>Says where a cluster elsewhere has a file that a job file names.</summary>
/// <param name="text">The path as its user wrote it.</param>
/// <param name="here">The same, absolute, on this machine.</param>
/// <returns>The path, absolute, as the silos see it.</returns>
/// <exception cref="JobException">The cluster cannot have it; the message says why, and need not name the key.</exception>
public delegate string FileElsewhere(string text, string here);
