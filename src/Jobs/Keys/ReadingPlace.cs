namespace Granary.Jobs;

/// <summary>What reading a job file depends on, beside its text.</summary>
/// <param name="Folder">Where relative paths in it start.</param>
/// <param name="CurrentDirectory">Where relative paths in overrides start.</param>
/// <param name="AnyKind">Whether kinds that are not built in are accepted here and left to the silo's program, which alone knows them.</param>
internal sealed record ReadingPlace(string Folder, string CurrentDirectory, bool AnyKind);
