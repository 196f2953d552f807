namespace Granary.Bench.Calibration;

/// <summary>Which of OpenBLAS' kernels are worth a try on a processor. It chooses by the processor's model, and one that it does not
/// know, or that a virtual machine hides, can get slow ones.</summary>
internal static class KernelCandidates
{
    /// <summary>OpenBLAS' own choice.</summary>
    public const string Detected = "its own detection";

    /// <param name="cpuinfo">Lines of /proc/cpuinfo.</param>
    public static IReadOnlyList<string> Of(IEnumerable<string> cpuinfo)
    {
        var facts = cpuinfo.Select(l => l.Split(':', 2, StringSplitOptions.TrimEntries)).Where(p => p.Length == 2)
            .GroupBy(p => p[0]).ToDictionary(g => g.Key, g => g.First()[1]);
        var flags = facts.GetValueOrDefault("flags", "").Split(' ');
        var candidates = new List<string> { Detected };
        if (flags.Contains("avx2"))
        {
            candidates.Add("Haswell");
        }

        if (flags.Contains("avx512f"))
        {
            candidates.Add("SkylakeX");
        }

        if (facts.GetValueOrDefault("vendor_id") == "AuthenticAMD" && flags.Contains("avx2"))
        {
            candidates.Add("Zen");
        }

        return candidates;
    }
}
