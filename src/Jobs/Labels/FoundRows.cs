using System.Globalization;

namespace Granary.Jobs;

/// <summary>Rows of a source that a message is about, found by their labels or by another column.</summary>
/// <param name="Count">How many: at least 1.</param>
/// <param name="First">Where the first one stands ("v.csv:7"); null: that is not known.</param>
/// <param name="Label">What the first one has there, its label mostly, as it is written; null: that is not known.</param>
/// <param name="IsAll">Whether all of the source was looked through; else there may be more.</param>
public sealed record FoundRows(long Count, string? First, string? Label = null, bool IsAll = true)
{
    /// <summary>"this row has", "13 rows, of which this is the first, have".</summary>
    public string Have => Count > 1 || !IsAll ? $"{Rows} have" : First is null ? "1 row has" : "this row has";

    /// <summary>"this row", "these rows".</summary>
    public string These => Count > 1 || !IsAll ? "these rows" : "this row";

    /// <summary>"13 rows, of which this is the first,".</summary>
    public string Rows => string.Create(CultureInfo.InvariantCulture, $"{(IsAll ? "" : "at least ")}{Plural.Of(Count, "row")}{(First is null ? "" : ", of which this is the first,")}");
}

/// <summary>Finds the rows of a job's data that have certain labels; null: there are none, or this format cannot be searched.</summary>
/// <param name="heldOut">Whether rows of the validation's own source are meant; else those of the data itself.</param>
/// <param name="isMeant">Whether a label, as it is written, is one of them.</param>
public delegate FoundRows? LabelSearch(bool heldOut, Func<string, bool> isMeant);
