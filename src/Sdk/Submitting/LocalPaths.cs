namespace Granary.Sdk.Submitting;

/// <summary>What is on this machine for the clients of a local cluster that a program has started.</summary>
/// <param name="Outputs">Folder for the output folders of jobs that are given none.</param>
/// <param name="SiloProgram">The silo's program; null: Granary's own.</param>
/// <param name="Silos">Names of the silos that are meant to take part.</param>
internal sealed record LocalPaths(string Outputs, string? SiloProgram, IReadOnlyList<string> Silos);
