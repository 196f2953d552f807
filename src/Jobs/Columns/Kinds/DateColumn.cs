using System.Globalization;

namespace Granary.Jobs;

/// <summary>Dates, with or without a time of day.</summary>
internal sealed class DateColumn : NumberKind
{
    private static readonly string[] Iso =
    [
        "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd' 'HH:mm", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd' 'HH:mm:ssK",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd' 'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK",
    ];

    private static readonly DatePart[] UsualParts = [DatePart.Elapsed, DatePart.Month, DatePart.Weekday];
    // A time of day alone is one of the year 1, and not of the day on which it is read.
    private const DateTimeStyles Styles = DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal | DateTimeStyles.NoCurrentDateDefault;

    private static readonly DateTime Sample = new(1987, 11, 23, 21, 43, 56, DateTimeKind.Utc);
    private static readonly string[] Weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

    /// <inheritdoc/>
    public override string Name => "date";

    /// <inheritdoc/>
    public override string Doc => "its parts: elapsed, year, day-of-year, day and hour are numbers, month and weekday have a feature for each of their values";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys => ["parts", "pattern", "scale"];

    /// <inheritdoc/>
    public override IReadOnlyList<MissingRule> Missings => Enum.GetValues<MissingRule>();

    /// <inheritdoc/>
    public override string Wants(ColumnSection section) => section.Pattern is { } pattern ? $"a date written as {pattern}" : "a date such as 2026-03-31 or 2026-03-31T12:00:00Z";

    /// <inheritdoc/>
    public override bool TakesDates => true;

    /// <inheritdoc/>
    public override bool TryParse(ColumnSection section, ReadOnlySpan<char> text, out double value)
    {
        var isDate = DateTime.TryParseExact(
            text, section.Pattern is { } pattern ? [pattern] : Iso, CultureInfo.InvariantCulture, Styles, out var date);
        value = isDate ? DateDays.Of(date) : double.NaN;
        return isDate;
    }

    /// <inheritdoc/>
    public override (string Key, string Message)? Broken(ColumnSection section) =>
        section.Pattern is { } pattern && Wrong(pattern) is { } why ? ("pattern", $"is '{pattern}', {why}") : base.Broken(section);

    // Without a year a date would be one of the year in which it is read, and training and prediction would differ.
    private static string? Wrong(string pattern)
    {
        try
        {
            return !DateTime.TryParseExact(Sample.ToString(pattern, CultureInfo.InvariantCulture), pattern, CultureInfo.InvariantCulture, Styles, out var date)
                    ? "by which no date can be read: write it as .NET's custom date formats, such as dd.MM.yyyy"
                : date.Year != Sample.Year && date.Date != DateTime.MinValue ? "which has no year: add yyyy to it and to the data, or describe the column as categorical"
                : null;
        }
        catch (FormatException)
        {
            return "which is no pattern of dates: write it as .NET's custom date formats, such as dd.MM.yyyy";
        }
    }

    /// <inheritdoc/>
    public override string? Forged(FittedColumn column) => column.Section.Parts is not { Count: > 0 } parts || parts.Distinct().Count() != parts.Count ? "it has no parts of a date" : base.Forged(column);

    /// <inheritdoc/>
    public override ColumnSection Complete(ColumnSection given, DataSection data) => base.Complete(given, data) with
    {
        Parts = given.Parts ?? UsualParts,
        Scale = given.Scale ?? ColumnScale.Standard, // days since 1970 are no size for a model
    };

    /// <inheritdoc/>
    public override IReadOnlyList<string> Numbers(ColumnSection section) =>
        [.. section.Parts!.Where(p => p is not (DatePart.Month or DatePart.Weekday)).Select(p => Kebab.Name(p))];

    /// <inheritdoc/>
    public override void Split(ColumnSection section, double x, Span<double> numbers)
    {
        var (date, at) = (DateOf(x), 0);
        foreach (var part in section.Parts!)
        {
            if (part is not (DatePart.Month or DatePart.Weekday))
            {
                numbers[at++] = part switch
                {
                    DatePart.Elapsed => x,
                    DatePart.Year => date.Year,
                    DatePart.DayOfYear => date.DayOfYear,
                    DatePart.Day => date.Day,
                    _ => date.TimeOfDay.TotalHours,
                };
            }
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Choices(ColumnSection section) =>
        [.. section.Parts!.SelectMany(p => p switch
        {
            DatePart.Month => Enumerable.Range(1, 12).Select(m => $"month={m}"),
            DatePart.Weekday => Weekdays.Select(d => $"weekday={d}"),
            _ => Enumerable.Empty<string>(),
        })];

    /// <inheritdoc/>
    public override void Choose(ColumnSection section, double x, Span<double> choices)
    {
        var (date, at) = (DateOf(x), 0);
        foreach (var part in section.Parts!)
        {
            if (part == DatePart.Month)
            {
                choices[at + date.Month - 1] = 1;
                at += 12;
            }
            else if (part == DatePart.Weekday)
            {
                choices[at + (((int)date.DayOfWeek + 6) % 7)] = 1; // Monday is the first
                at += 7;
            }
        }
    }

    // The last tick is no float64: the next one would be a date too late.
    private static readonly double LastTick = Math.BitDecrement((double)DateTime.MaxValue.Ticks);

    // A mean of dates lies between two ticks; a file with dates of its own, or a forged one, may have one of any year.
    private static DateTime DateOf(double days) =>
        new((long)Math.Clamp(DateTime.UnixEpoch.Ticks + Math.Round(days * TimeSpan.TicksPerDay), 0, LastTick), DateTimeKind.Utc);
}
