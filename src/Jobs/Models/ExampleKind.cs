namespace Granary.Jobs;

/// <summary>What one example is: what a source of data gives, and what a kind of model takes.</summary>
public enum ExampleKind
{
    /// <summary>A row of numbers, and its class or a number.</summary>
    Rows,
    /// <summary>A window of a text's tokens, and the token after each of them.</summary>
    Windows,
    /// <summary>A word of a text and a word near it.</summary>
    Pairs,
}
