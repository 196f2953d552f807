using Granary.Bench.Measuring;

namespace Granary.Bench.Calibration;

/// <summary>The rate of Granary's kernels, in a process of its own.</summary>
internal static class OwnArithmetic
{
    public static async Task<Arithmetic> Measure(Session session, CancellationToken cancellation)
    {
        await using var part = Child.StartPart(session, Parts.Calibrate);
        return Arithmetic.Of(await part.Result(cancellation)) ?? throw new ChildException("the calibrating part said nothing of its arithmetic");
    }

    /// <summary>Granary's side where arithmetic counts: calibrated right after it has been measured.</summary>
    public static Contestant Calibrated(this Contestant granary, Session session) => granary with
    {
        Measure = async cancellation => await granary.Measure(cancellation) with { Arithmetic = await Measure(session, cancellation) },
    };
}
