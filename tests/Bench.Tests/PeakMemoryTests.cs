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
        var (own, shared) = PeakMemory.PagesOf(Environment.ProcessId);
        var greatest = PeakMemory.Greatest(Environment.ProcessId); // after them: it may grow in between
        GC.KeepAlive(ballast);
        Assert.True(own > ballast.Length / 1e6);
        Assert.True(shared > 0);
        Assert.True(own + shared <= greatest);
    }
}
