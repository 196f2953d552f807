namespace Granary.Jobs;

/// <summary>Rows with keys from the first to the last one; none where the first is greater.</summary>
/// <param name="First">The least key.</param>
/// <param name="Last">The greatest key.</param>
public sealed record KeyBand(ulong First, ulong Last)
{
    /// <summary>Without any row.</summary>
    public static KeyBand Empty { get; } = new(1, 0);

    /// <summary>Whether a key lies in it.</summary>
    public bool Has(ulong key) => key >= First && key <= Last;
}

/// <summary>What the shards are asked while it is found out which rows are held out. One of the three is there.</summary>
public sealed record SplitQuestion
{
    /// <summary>How many keys lie in each of some ranges; <see cref="KeyRange.Column"/> is the stratum.</summary>
    public IReadOnlyList<KeyRange>? Ranges { get; init; }

    /// <summary>Which different keys lie in a band.</summary>
    public KeyBand? Keys { get; init; }

    /// <summary>How many rows lie in the bands of some parts: for each part one band, or one for each class.</summary>
    public IReadOnlyList<IReadOnlyList<KeyBand>>? Parts { get; init; }
}

/// <summary>A shard's answer.</summary>
public sealed record SplitAnswer
{
    /// <summary>The counts of each range.</summary>
    public IReadOnlyList<long[]>? Ranges { get; init; }

    /// <summary>The different keys, in rising order.</summary>
    public ulong[]? Keys { get; init; }

    /// <summary>Different keys of the shard in all; with <see cref="Keys"/>.</summary>
    public long Different { get; init; }

    /// <summary>Rows of each part, by class; one number where there are no classes.</summary>
    public IReadOnlyList<long[]>? Parts { get; init; }

    /// <summary>All rows, by class; with <see cref="Parts"/>.</summary>
    public long[]? All { get; init; }
}
