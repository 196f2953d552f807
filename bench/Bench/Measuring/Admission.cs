using Granary.Bench.Calibration;

namespace Granary.Bench.Measuring;

/// <summary>Whose figures count: not those of sides that failed too often, nor those of peers whose arithmetic is no peer's.</summary>
internal static class Admission
{
    // Granary and the bare loops compute with it.
    private const string OwnLibrary = "libtorch_cpu";

    /// <summary>The sides that are left out, and why.</summary>
    public static IReadOnlyDictionary<string, string> LeftOut(Measured measured, Attendance attendance, IEnumerable<string> sides)
    {
        var arithmetic = measured.Arithmetic;
        var own = arithmetic.Where(a => a.Side == Contestant.Granary || a.Library.Contains(OwnLibrary, StringComparison.Ordinal))
            .Select(a => a.Gflops).DefaultIfEmpty(0).Max();
        return sides.Select(s => (Side: s, Reason: attendance.LeftOut(s) ?? Refusal(arithmetic.FirstOrDefault(a => a.Side == s), own)))
            .Where(s => s.Reason is not null).ToDictionary(s => s.Side, s => s.Reason!);
    }

    private static string? Refusal(SideArithmetic? side, double own) => side is null || side.Side == Contestant.Granary
        ? null : BlasRule.Refusal(new Arithmetic(side.Library, side.Version, side.Gflops), own);
}
