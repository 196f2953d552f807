namespace Granary.Jobs;

/// <summary>The matrices of a model that do one thing and have one shape.</summary>
/// <param name="Name">What they do: "key".</param>
/// <param name="Matrices">How many there are.</param>
/// <param name="Rows">Rows of each: numbers out.</param>
/// <param name="Columns">Columns of each: numbers in. An embedding has a row per word.</param>
public sealed record MatrixGroup(string Name, long Matrices, int Rows, int Columns)
{
    /// <summary>Weights in all of them.</summary>
    public long Weights => Matrices * Rows * Columns;
}
