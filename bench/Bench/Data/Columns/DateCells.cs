using System.Globalization;

namespace Granary.Bench.Data;

/// <summary>Hours from the beginning of 2021 on. Time that goes by, the month and the day of the week have an effect each.</summary>
/// <param name="name">The column's name.</param>
/// <param name="trend">What a year adds.</param>
/// <param name="season">The greatest effect of a month.</param>
/// <param name="weekend">What a Saturday or a Sunday adds.</param>
/// <param name="hour">Which hour a row has, counted from the beginning.</param>
internal sealed class DateCells(string name, double trend, double season, double weekend, Func<Draws, int, int> hour) : LawColumn(name, ColumnForm.Date, missing: 0)
{
    private const double HoursOfYear = 365 * 24;

    /// <summary>The first hour.</summary>
    public static readonly DateTime Start = new(2021, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <inheritdoc/>
    protected override double Present(RowWriter row, Draws draws, int index)
    {
        var hours = hour(draws, index);
        var time = Start.AddHours(hours);
        row.Text(time.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture));
        return (trend * hours / HoursOfYear) - (season * Math.Cos(2 * Math.PI * (time.Month - 1) / 12))
            + (time.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? weekend : 0);
    }
}
