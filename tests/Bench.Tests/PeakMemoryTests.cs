using Granary.Bench.Measuring;

namespace Granary.Bench.Tests;

/// <summary>What the kernel says of a process' pages goes with what it says of its resident set.</summary>
public class PeakMemoryTests
{
    [Fact]
    public void Own_and_shared_pages_are_part_of_the_greatest_resident_set()
    {
        Assert.SkipUnless(File.Exists("/proc/self/smaps_rollup"), "no such file here");
        var ballast = new byte[64 << 20];
        Array.Fill(ballast, (byte)1);
        var pages = PeakMemory.PagesOf(Environment.ProcessId);
        var greatest = PeakMemory.Greatest(Environment.ProcessId); // after them: it may grow in between
        GC.KeepAlive(ballast);
        Assert.True(pages.Own > ballast.Length / 1e6);
        Assert.True(pages.Shared > 0);
        Assert.InRange(pages.Proportional, pages.Own - 0.1, pages.Own + pages.Shared + 0.1);
        Assert.True(pages.Own + pages.Shared <= greatest + (ballast.Length / 1e6)); // newer kernels count a resident set in steps
    }

    [Fact]
    public void Shared_pages_count_once()
    {
        ProcessPages[] same = [new(10, 100, 60), new(20, 100, 70)]; // 100 that both have
        Assert.Equal(130, PeakMemory.AtLeast(same));
        ProcessPages[] pairs = [new(1, 500, 251), new(1, 500, 251), new(1, 400, 201), new(1, 400, 201)]; // 500 that two have, and 400 that the others have
        Assert.Equal(904, PeakMemory.AtLeast(pairs));
    }
}
