namespace Granary.Jobs;

/// <summary>What a model learns to say of a row.</summary>
public enum LearnedTarget
{
    /// <summary>Its class.</summary>
    Class,
    /// <summary>A number.</summary>
    Number,
    /// <summary>One or the other, as <c>data.target</c> says.</summary>
    Either,
}
