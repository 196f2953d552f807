namespace Granary.Inference;

/// <summary>How a text goes on.</summary>
public sealed class GenerationOptions
{
    /// <summary>Tokens to make, at least 1. Default: 200.</summary>
    public int Tokens { get; set; } = 200;

    /// <summary>0: always the likeliest token; above 1: wilder. Default: 1.</summary>
    public double Temperature { get; set; } = 1;

    /// <summary>Choose among the k likeliest tokens; 0: all. Default: 0.</summary>
    public int TopK { get; set; }

    /// <summary>The same seed gives the same text. Default: 1.</summary>
    public long Seed { get; set; } = 1;
}
