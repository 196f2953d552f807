using Granary.Jobs;

namespace Granary.Model.Kernels;

/// <summary>How far a float32 gradient is from a float64 one of the same examples, parameter by parameter. A plain rule over numbers.</summary>
/// <remarks>
/// A parameter's error is the norm of its difference, measured by its norm: of single numbers, which may come out near zero, it says nothing.
/// A thousandth of the whole gradient's norm is added to that, so that a parameter whose gradient is really zero does not count.
/// </remarks>
internal static class GradientComparison
{
    // What one relu or pooling that decides otherwise by a rounding makes of a small model stays below it; wrong kernels give 0.1 and more.
    private const double Tolerance = 1e-2;
    private const double ShareOfAll = 1e-3;

    /// <summary>A parameter and its error; of gradients that are no numbers the error is infinite.</summary>
    /// <param name="Parameter">Its place in the model's shape.</param>
    /// <param name="Error">The error.</param>
    /// <param name="Norm">Of its gradient in float32.</param>
    /// <param name="Exact">Of its gradient in float64.</param>
    public readonly record struct Finding(int Parameter, double Error, double Norm, double Exact)
    {
        /// <summary>Whether this is more than rounding.</summary>
        public bool IsSuspect => Error > Tolerance;

        /// <summary>Whether its gradient in float32 has numbers that are NaN or infinite.</summary>
        public bool IsNoNumber => !double.IsFinite(Norm);
    }

    /// <summary>The parameter with the largest error; null: float64 has no finite numbers either, or none that float32 could hold.</summary>
    /// <param name="shape">The parameters.</param>
    /// <param name="tested">[P] in float32.</param>
    /// <param name="exact">[P] in float64.</param>
    /// <param name="slack">What rounding explains besides, as a norm per parameter; null: nothing.</param>
    public static Finding? Worst(IReadOnlyList<ParameterShape> shape, ReadOnlySpan<float> tested, ReadOnlySpan<double> exact, double[]? slack = null)
    {
        var norms = Norms(shape, exact);
        var all = Math.Sqrt(norms.Sum(n => n * n));
        if (!double.IsFinite(all) || all > float.MaxValue)
        {
            return null;
        }

        Finding? worst = null;
        var at = 0;
        for (var p = 0; p < shape.Count; p++)
        {
            double sum = 0, size = 0;
            for (var end = at + (int)shape[p].Count; at < end; at++)
            {
                var difference = tested[at] - exact[at];
                sum += difference * difference;
                size += (double)tested[at] * tested[at];
            }

            var excess = double.IsFinite(sum) ? Math.Max(0, Math.Sqrt(sum) - (slack?[p] ?? 0)) : double.PositiveInfinity;
            var scale = norms[p] + (ShareOfAll * all);
            var error = excess == 0 ? 0 : excess / scale; // a gradient of nothing but zeros has no scale
            if (worst is null || error > worst.Value.Error)
            {
                worst = new Finding(p, error, Math.Sqrt(size), norms[p]);
            }
        }

        return worst;
    }

    /// <summary>The norm of every parameter's part.</summary>
    public static double[] Norms(IReadOnlyList<ParameterShape> shape, ReadOnlySpan<double> vector)
    {
        var norms = new double[shape.Count];
        var at = 0;
        for (var p = 0; p < shape.Count; p++)
        {
            double sum = 0;
            for (var end = at + (int)shape[p].Count; at < end; at++)
            {
                sum += vector[at] * vector[at];
            }

            norms[p] = Math.Sqrt(sum);
        }

        return norms;
    }
}
