using System.Globalization;

namespace Granary.Jobs;

/// <summary>Texts in a language.</summary>
internal sealed class TextColumn : TextKind
{
    private const int UsualBuckets = 1024;

    /// <inheritdoc/>
    public override string Name => "text";

    /// <inheritdoc/>
    public override string Doc => "a feature for each bucket that its words, in lower case, and runs of `ngrams` words are hashed to";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys => ["buckets", "ngrams", "weight"];

    /// <inheritdoc/>
    public override IReadOnlyList<MissingRule> Missings => [MissingRule.Refuse, MissingRule.Constant, MissingRule.Slot];

    /// <inheritdoc/>
    public override string Wants(ColumnSection section) => "a text";

    /// <inheritdoc/>
    public override ColumnSection Complete(ColumnSection given, DataSection data) => given with
    {
        Missing = given.Missing ?? (data.Missing == MissingValues.Mean ? MissingRule.Slot : MissingRule.Refuse),
        Buckets = given.Buckets ?? UsualBuckets,
        Ngrams = given.Ngrams ?? 1,
        Weight = given.Weight ?? TextWeight.TfIdf,
    };

    /// <inheritdoc/>
    public override ColumnTally Tally(ColumnSection section) => new TextTally(section);

    /// <inheritdoc/>
    // As scikit-learn's TfidfTransformer: as if one more text had every n-gram once.
    public override FittedColumn Fit(FittedColumn column, ColumnFindings all)
    {
        var missing = column.Section.Missing == MissingRule.Constant ? all.Missing : 0;
        var filled = missing == 0 ? [] : WordGrams.Of(column.Section.Fill!, column.Section.Ngrams!.Value).Select(g => Murmur.Bucket(g, column.Section.Buckets!.Value)).ToHashSet();
        return column with { Weights = [.. all.Documents.Select((d, b) => Math.Log((1.0 + all.Rows) / (1.0 + d + (filled.Contains(b) ? missing : 0))) + 1)] };
    }

    /// <inheritdoc/>
    public override ColumnEncoder Encoder(FittedColumn column) => new Grams(column);

    /// <inheritdoc/>
    public override string? Forged(FittedColumn column) => column.Section.Buckets is not (>= 1 and <= ColumnLimits.MostBuckets) || column.Section.Ngrams is not (>= 1 and <= ColumnLimits.MostNgrams) ? "there are no such buckets"
        : column.Weights.Length != (column.Section.Weight == TextWeight.TfIdf ? column.Section.Buckets.Value : 0) || !column.Weights.All(double.IsFinite) ? "its weights are not those of its buckets"
        : null;

    private sealed class Grams : ColumnEncoder
    {
        private readonly FittedColumn _column;
        private readonly int _buckets;

        public Grams(FittedColumn column)
        {
            (_column, _buckets) = (column, column.Section.Buckets!.Value);
            string[] missing = column.Section.Missing == MissingRule.Slot ? [$"{column.Name} is missing"] : [];
            Features = [.. Enumerable.Range(0, _buckets).Select(b => string.Create(CultureInfo.InvariantCulture, $"{column.Name}#{b}")), .. missing];
        }

        public override IReadOnlyList<string> Features { get; }

        public override void Encode(double value, string? text, Span<double> into)
        {
            if ((text ?? _column.Section.Fill) is not { } given)
            {
                into[^1] = 1;
                return;
            }

            foreach (var gram in WordGrams.Of(given, _column.Section.Ngrams!.Value))
            {
                ref var count = ref into[Murmur.Bucket(gram, _buckets)];
                count = _column.Section.Weight == TextWeight.Binary ? 1 : count + 1;
            }

            if (_column.Weights.Length > 0)
            {
                Weigh(into[.._buckets]);
            }
        }

        private void Weigh(Span<double> counts)
        {
            double squares = 0;
            for (var b = 0; b < counts.Length; b++)
            {
                counts[b] *= _column.Weights[b];
                squares += counts[b] * counts[b];
            }

            var length = Math.Sqrt(squares);
            for (var b = 0; b < counts.Length && length > 0; b++)
            {
                counts[b] /= length;
            }
        }
    }
}
