using System.Collections.Frozen;
using System.Globalization;

namespace Granary.Jobs;

/// <summary>One of some names.</summary>
internal sealed class CategoricalColumn : TextKind
{
    public const int UsualMost = 1000;

    /// <inheritdoc/>
    public override string Name => "categorical";

    /// <inheritdoc/>
    public override string Doc => "a feature for each category of the training part, and one for all others; or, with `buckets`, a feature for each bucket of a hash";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys => ["max", "minCount", "buckets"];

    /// <inheritdoc/>
    public override IReadOnlyList<MissingRule> Missings => [MissingRule.Refuse, MissingRule.Constant, MissingRule.Slot];

    /// <inheritdoc/>
    public override string Wants(ColumnSection section) => "a category";

    /// <inheritdoc/>
    public override ColumnSection Complete(ColumnSection given, DataSection data) => given with
    {
        Missing = given.Missing ?? (data.Missing == MissingValues.Mean ? MissingRule.Slot : MissingRule.Refuse),
        Max = given.Buckets is null ? given.Max ?? UsualMost : null,
        MinCount = given.Buckets is null ? given.MinCount ?? 1 : null,
    };

    /// <inheritdoc/>
    public override (string Key, string Message)? Broken(ColumnSection section) => section.Buckets is null ? null
        : section.Max is not null ? ("max", "has no meaning beside buckets, which is the number of features: leave one of the two out")
        : section.MinCount is not null ? ("minCount", "has no meaning beside buckets: a category that is hashed is not counted")
        : null;

    /// <inheritdoc/>
    public override ColumnTally Tally(ColumnSection section) => new CategoryTally(section.Max ?? 0);

    /// <inheritdoc/>
    public override FittedColumn Fit(FittedColumn column, ColumnFindings all)
    {
        var counts = all.Categories.ToDictionary(StringComparer.Ordinal);
        if (column.Section is { Missing: MissingRule.Constant, Fill: { } fill, Buckets: null } && all.Missing > 0)
        {
            counts[fill] = counts.GetValueOrDefault(fill) + all.Missing;
        }

        return column with { Categories = [.. counts.Where(c => c.Value >= (column.Section.MinCount ?? 1)).Select(c => c.Key).Order(StringComparer.Ordinal)] };
    }

    /// <inheritdoc/>
    public override ColumnEncoder Encoder(FittedColumn column) => column.Section.Buckets is { } buckets ? new Hashed(column, buckets) : new OneHot(column);

    /// <inheritdoc/>
    public override string? Forged(FittedColumn column) =>
        column.Categories.Any(c => c is null) || column.Categories.Distinct(StringComparer.Ordinal).Count() != column.Categories.Length ? "a category is there twice"
        : column.Section.Buckets is < 1 or > ColumnLimits.MostBuckets ? "there are no such buckets"
        : null;

    private static string[] Missing(FittedColumn column) => column.Section.Missing == MissingRule.Slot ? [$"{column.Name} is missing"] : [];

    private sealed class OneHot : ColumnEncoder
    {
        private readonly FittedColumn _column;
        private readonly FrozenDictionary<string, int> _places;

        public OneHot(FittedColumn column)
        {
            _column = column;
            _places = column.Categories.Select((c, i) => KeyValuePair.Create(c, i)).ToFrozenDictionary(StringComparer.Ordinal);
            Features = [.. column.Categories.Select(c => $"{column.Name}={c}"), $"{column.Name} is another", .. Missing(column)];
        }

        public override IReadOnlyList<string> Features { get; }

        public override int? Numbers => 0;

        public override void Encode(double value, string? text, Span<double> into)
        {
            var category = text ?? _column.Section.Fill;
            into[category is null ? into.Length - 1 : _places.TryGetValue(category, out var place) ? place : _places.Count] = 1;
        }
    }

    private sealed class Hashed : ColumnEncoder
    {
        private readonly FittedColumn _column;
        private readonly int _buckets;

        public Hashed(FittedColumn column, int buckets)
        {
            (_column, _buckets) = (column, buckets);
            Features = [.. Enumerable.Range(0, buckets).Select(b => string.Create(CultureInfo.InvariantCulture, $"{column.Name}#{b}")), .. Missing(column)];
        }

        public override IReadOnlyList<string> Features { get; }

        public override int? Numbers => 0;

        public override void Encode(double value, string? text, Span<double> into)
        {
            var category = text ?? _column.Section.Fill;
            into[category is null ? into.Length - 1 : Murmur.Bucket(category, _buckets)] = 1;
        }
    }
}
