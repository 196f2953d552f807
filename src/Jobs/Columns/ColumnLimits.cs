namespace Granary.Jobs;

/// <summary>What a column can have at the most.</summary>
internal static class ColumnLimits
{
    /// <summary>Buckets of a hash.</summary>
    public const int MostBuckets = 1 << 18;

    /// <summary>Words in an n-gram.</summary>
    public const int MostNgrams = 8;

    /// <summary>Numbers of a category's vector.</summary>
    public const int WidestEmbedding = 1024;

    /// <summary>Categories, whatever a job allows.</summary>
    public const int MostCategories = 1 << 20;
}
