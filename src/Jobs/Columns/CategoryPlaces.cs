using System.Collections.Frozen;
using System.Globalization;

namespace Granary.Jobs;

/// <summary>Which place each category of a column has: one of its own or of a hash's bucket, then one for all others unless they are hashed, then one for a missing cell
/// where the column has it.</summary>
internal sealed class CategoryPlaces
{
    private readonly FittedColumn _column;
    private readonly FrozenDictionary<string, int>? _known; // null: they are hashed

    /// <param name="column">A fitted column.</param>
    public CategoryPlaces(FittedColumn column)
    {
        _column = column;
        var hasMissing = column.Section.Missing == MissingRule.Slot;
        _known = column.Section.Buckets is null
            ? column.Categories.Select((c, i) => KeyValuePair.Create(c, i)).ToFrozenDictionary(StringComparer.Ordinal)
            : null;
        Own = column.Section.Buckets ?? column.Categories.Length;
        Slots = (_known is null ? 0 : 1) + (hasMissing ? 1 : 0);
    }

    /// <summary>Places of categories, or of buckets.</summary>
    public int Own { get; }

    /// <summary>Places after these.</summary>
    public int Slots { get; }

    /// <summary>All of them.</summary>
    public int Count => Own + Slots;

    /// <summary>What features are called that stand for them.</summary>
    public IReadOnlyList<string> Names =>
    [
        .. _known is null
            ? Enumerable.Range(0, Own).Select(b => string.Create(CultureInfo.InvariantCulture, $"{_column.Name}#{b}"))
            : _column.Categories.Select(c => $"{_column.Name}={c}").Append($"{_column.Name} is another"),
        .. _column.Section.Missing == MissingRule.Slot ? [$"{_column.Name} is missing"] : Array.Empty<string>(),
    ];

    /// <summary>The place of a cell.</summary>
    /// <param name="text">Its text; null where it is missing.</param>
    public int Place(string? text) => (text ?? _column.Section.Fill) is not { } category ? Count - 1
        : _known is null ? Murmur.Bucket(category, Own)
        : _known.TryGetValue(category, out var place) ? place : Own;
}

/// <summary>A feature for each place: 1 at the cell's.</summary>
/// <param name="places">The column's.</param>
internal sealed class OneHotEncoder(CategoryPlaces places) : ColumnEncoder
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Features { get; } = places.Names;

    /// <inheritdoc/>
    public override int? Numbers => 0;

    /// <inheritdoc/>
    public override int? Only(string? text) => places.Place(text);

    /// <inheritdoc/>
    public override void Encode(double value, string? text, Span<double> into) => into[places.Place(text)] = 1;
}

/// <summary>One feature: the cell's place, by which a network looks up a vector.</summary>
/// <param name="column">The column.</param>
/// <param name="places">Its places.</param>
/// <param name="width">Numbers of a vector.</param>
internal sealed class PlaceEncoder(FittedColumn column, CategoryPlaces places, int width) : ColumnEncoder
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Features { get; } = [column.Name];

    /// <inheritdoc/>
    public override EmbeddedFeature? Embedded => new(0, places.Count, width, places.Slots);

    /// <inheritdoc/>
    public override void Encode(double value, string? text, Span<double> into) => into[0] = places.Place(text);
}
