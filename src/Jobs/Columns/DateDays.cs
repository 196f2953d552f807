namespace Granary.Jobs;

/// <summary>Dates as numbers.</summary>
public static class DateDays
{
    /// <summary>Days since 1970-01-01, with the part of the day.</summary>
    public static double Of(DateTime date) => (double)(date.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerDay;
}
