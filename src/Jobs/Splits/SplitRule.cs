namespace Granary.Jobs;

/// <summary>Which rows are held out, where that is a matter of the rows alone and not of how the source is cut into shards. Each row has a key, and those
/// are held out whose keys lie in a band.</summary>
public sealed class SplitRule
{
    private readonly ulong _seed;
    private readonly ValidationSection _held;

    private SplitRule(Job job)
    {
        (_held, _seed) = (job.Data.Validation, SeededRandom.Mix(SeededRandom.Mix((ulong)job.Training.Seed) + (ulong)RandomPurpose.Validation));
        Fold = _held.Fold is { } fold ? Fold.Parse(fold) : null;
        HasStrata = _held.Stratified && !job.Data.HasNumbers;
    }

    /// <summary>The rule of a job; null: nothing is held out, or a source of its own, or a part of a text, or a fraction of each shard by seed.</summary>
    public static SplitRule? Of(Job job) =>
        !job.Data.IsText && job.Data.Validation is { Path: null } held && (held.Column is not null || held.Stratified || held.Fold is not null || held.IsEnd)
            ? new SplitRule(job)
            : null;

    /// <summary>Which fold is held out; null: a fraction is.</summary>
    public Fold? Fold { get; }

    /// <summary>The fraction.</summary>
    public decimal Fraction => (decimal)_held.Fraction;

    /// <summary>Whether each class is split on its own.</summary>
    public bool HasStrata { get; }

    /// <summary>Whether all rows of a group have one key.</summary>
    public bool HasGroups => _held.Group is not null;

    /// <summary>Whether keys rise with time.</summary>
    public bool HasTimes => _held.Time is not null;

    /// <summary>Whether keys are the rows' numbers.</summary>
    public bool IsInOrder => _held.IsEnd && !HasTimes;

    /// <summary>A row's key. Different rows have different ones, unless they are of one group or of one time.</summary>
    /// <param name="row">The row's number in the whole source.</param>
    /// <param name="number">What stands in the column of groups or times: a group's hash, or a time.</param>
    public ulong Key(long row, double number) => HasGroups ? SeededRandom.Mix(_seed + (ulong)number)
        : HasTimes ? SortKey.Of(number)
        : IsInOrder ? (ulong)row
        : SeededRandom.Mix(_seed + (ulong)row);
}
