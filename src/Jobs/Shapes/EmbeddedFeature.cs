namespace Granary.Jobs;

/// <summary>A feature that is no quantity but a row's number in a table of vectors, one for each category of a column: the network looks the vector up and takes it in
/// the feature's place.</summary>
/// <param name="Feature">Which of the features, from 0.</param>
/// <param name="Entries">Rows of the table, E.</param>
/// <param name="Width">Numbers of a vector, W.</param>
/// <param name="Slots">How many of the last rows are no category: unseen ones, a missing one. They start at 0.</param>
public sealed record EmbeddedFeature(int Feature, int Entries, int Width, int Slots);
