namespace Granary.Bench.Quiet;

/// <summary>Processor time since the machine's start, in ticks.</summary>
/// <param name="Busy">Of all programs on all cores.</param>
/// <param name="Stolen">What another virtual machine had instead.</param>
/// <param name="Total">Of all cores, idle or not.</param>
/// <param name="Own">Of the bench and all that it started.</param>
internal sealed record ProcessorTime(long Busy, long Stolen, long Total, long Own)
{
    private const int User = 0, Nice = 1, System = 2, Steal = 7, Guest = 8; // columns of proc_stat(5)

    /// <summary>From the first line of /proc/stat; null: it is another line. Interrupts are left out of what is busy: nearly all of them are
    /// packets of the exchanges that are measured. A guest's time is part of the user's.</summary>
    public static ProcessorTime? Parse(string line, long own)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words is not ["cpu", .. var columns] || columns.Length < Steal + 1)
        {
            return null;
        }

        var ticks = columns.Select(long.Parse).ToArray();
        return new ProcessorTime(ticks[User] + ticks[Nice] + ticks[System], ticks[Steal], ticks.Take(Guest).Sum(), own);
    }
}

/// <summary>How much of a round's processor time others had.</summary>
/// <param name="Others">The part of all cores' time that programs other than the bench's had.</param>
/// <param name="Stolen">The part that other virtual machines had.</param>
internal sealed record Quietness(double Others, double Stolen)
{
    /// <summary>The most that others may have of a round that counts as quiet.</summary>
    public const double Most = 0.05;

    /// <summary>Whether the machine was the bench's alone.</summary>
    public bool IsQuiet => Others + Stolen <= Most;

    /// <summary>Between two times; null where either is not known, or they are the same.</summary>
    public static Quietness? Between(ProcessorTime? before, ProcessorTime? after)
    {
        if (before is null || after is null || after.Total <= before.Total)
        {
            return null;
        }

        double total = after.Total - before.Total;
        var others = after.Busy - before.Busy - (after.Own - before.Own);
        return new Quietness(Math.Max(0, others) / total, (after.Stolen - before.Stolen) / total); // the two are counted apart: a few ticks may be missing
    }
}
