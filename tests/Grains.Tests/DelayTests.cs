using System.Diagnostics;
using Granary.Grains.Faults;
using Granary.Jobs;

namespace Granary.Grains.Tests;

public class DelayTests
{
    // 2000 bytes at 1 MB/s take 2 ms, after which the next may go, to whomever; each travels 5 ms.
    [Fact]
    public void A_delayed_silo_has_one_line_for_all_that_it_sends()
    {
        var faults = new SiloFaults(TimeProvider.System);
        var (to, toAnother, now) = (new LinkFaults(faults), new LinkFaults(faults), Stopwatch.GetTimestamp());
        Assert.Equal(0, to.Departure(now, 2000));
        faults.Add(new Fault(FaultKind.Delay, 600, 0, 5, 1));
        Assert.Equal([7, 9, 11], new[] { to.Departure(now, 2000), toAnother.Departure(now, 2000), to.Departure(now, 2000) }.Select(d => Milliseconds(d - now)));
        Assert.Equal(107, Milliseconds(toAnother.Departure(now + (Stopwatch.Frequency / 10), 2000) - now)); // the line had been free
    }

    private static double Milliseconds(long ticks) => Math.Round(1e3 * ticks / Stopwatch.Frequency, 3);
}
