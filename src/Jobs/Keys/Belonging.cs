namespace Granary.Jobs;

/// <summary>The kinds that a key has a meaning for.</summary>
/// <param name="Conditions">All of these hold.</param>
/// <param name="Words">The same in words, for the reference: "csv, parquet".</param>
/// <param name="Refusal">What to say where a key is given by its path, and does not belong to the job.</param>
internal sealed record Belonging(IReadOnlyList<KindIs> Conditions, string Words, Func<string, Job, string> Refusal)
{
    /// <summary>Whether a job is of these kinds.</summary>
    public bool Holds(Job job) => Conditions.All(c => c.Holds(job));

    /// <summary>Whether a job is of these kinds, or of one that only the silo's program knows, and that is left to it.</summary>
    public bool MayHold(Job job) => Conditions.All(c => c.MayHold(job));

    /// <summary>These kinds of one thing, and those of another.</summary>
    public Belonging And(Belonging other, Func<string, Job, string> refusal, string words) =>
        new([.. Conditions, .. other.Conditions], words, refusal);
}

/// <summary>A key that tells a kind has one of some names.</summary>
/// <param name="Path">The key: "model.kind".</param>
/// <param name="Name">The kind's name in a job.</param>
/// <param name="Names">The names.</param>
/// <param name="Default">The name where the key is missing; null: it never is.</param>
/// <param name="IsNot">Whether it must have another one.</param>
internal sealed record KindIs(string Path, Func<Job, string> Name, IReadOnlyList<string> Names, string? Default, bool IsNot = false)
{
    /// <summary>What to ask about a kind that may be none of the built-in ones, which <see cref="Names"/> is of; null: whether it has one of the names.</summary>
    public Func<string, bool>? Asks { get; init; }

    /// <summary>Whether a kind is one that this process does not know; null: it knows all.</summary>
    public Func<string, bool>? IsUnknown { get; init; }

    /// <summary>The built-in kinds of which this is not said.</summary>
    public IReadOnlyList<string> Others { get; init; } = [];

    /// <summary>Whether it has, or its kind is not known in this process.</summary>
    public bool MayHold(Job job) => Holds(job) || IsUnknown?.Invoke(Name(job)) == true;

    /// <summary>Whether it has.</summary>
    public bool Holds(Job job) => Asks is { } holds ? holds(Name(job)) : IsOne(Name(job));

    /// <summary>Whether a kind of a name has.</summary>
    public bool IsOne(string name) => Names.Contains(name) != IsNot;
}
