namespace Granary.Jobs;

/// <summary>A key that is there, about to be read.</summary>
/// <param name="Map">The section that it is in.</param>
/// <param name="Key">Its name there.</param>
/// <param name="SoFar">The job by what stands before it.</param>
/// <param name="Place">Where paths start, and what kinds there are.</param>
internal readonly record struct KeyReading(YamlMap Map, string Key, Job SoFar, ReadingPlace Place);
