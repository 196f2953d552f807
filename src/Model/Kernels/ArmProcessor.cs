using System.Runtime.Intrinsics.Arm;

namespace Granary.Model.Kernels;

/// <summary>What is known of a processor that is no x86: its instruction sets from .NET, and from Linux who made it.</summary>
internal static class ArmProcessor
{
    private static readonly string[] Keys = ["CPU implementer", "CPU part"];

    /// <summary>Reads it.</summary>
    /// <param name="architecture">"arm64".</param>
    public static Processor Read(string architecture) => new(
        architecture,
        OperatingSystem.IsMacOS() ? "Apple" : Maker(Lines()),
        [.. new[] { ("neon", AdvSimd.IsSupported), ("dotprod", Dp.IsSupported) }.Where(f => f.Item2).Select(f => f.Item1)],
        null);

    /// <summary>Implementer and part of every kind of core, from the lines of /proc/cpuinfo.</summary>
    public static string Maker(IEnumerable<string> lines) => string.Join('+', lines
        .Select(l => l.Split(':', 2, StringSplitOptions.TrimEntries))
        .Where(p => p.Length == 2 && Keys.Contains(p[0]))
        .Select(p => p[1])
        .Distinct()
        .Order(StringComparer.Ordinal));

    private static string[] Lines()
    {
        try
        {
            return File.ReadAllLines("/proc/cpuinfo");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
