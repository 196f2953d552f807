namespace Granary.Model.Training;

/// <summary>The objective on a line: at x + Step d it is Value, and changes by Slope per unit of Step.</summary>
public readonly record struct LinePoint(double Step, double Value, double Slope);

/// <summary>
/// A line search for the strong Wolfe conditions: f(a) &lt;= f(0) + c1 a f'(0) and |f'(a)| &lt;= c2 |f'(0)| (Nocedal and Wright, 2006,
/// algorithms 3.5 and 3.6, with cubic interpolation). Near an optimum the first of them drowns in rounding: where the values differ
/// by no more than their noise, the slope says whether it holds, f'(a) &lt;= (2 c1 - 1) f'(0), as it would on a parabola (Hager and
/// Zhang, 2005).
/// </summary>
public static class WolfeSearch
{
    /// <summary>Probes at the most; one more where an earlier one turns out to have been the best.</summary>
    public const int MaxProbes = 30;

    private const double Decrease = 1e-4;
    private const double Curvature = 0.9;
    private const double Farther = 4;
    private const double Margin = 0.1;

    /// <summary>Finds a step. What it returns is what it has probed last.</summary>
    /// <param name="start">At step 0; its slope is negative.</param>
    /// <param name="first">The first step to try.</param>
    /// <param name="noise">How far off a value may be by rounding.</param>
    /// <param name="probe">Looks at a step.</param>
    /// <returns>Null: nothing lower was found.</returns>
    public static LinePoint? Find(LinePoint start, double first, double noise, Func<double, LinePoint> probe)
    {
        bool IsLower(LinePoint p) => p.Value <= start.Value + (Decrease * p.Step * start.Slope)
            || (Math.Abs(p.Value - start.Value) <= noise && p.Slope <= ((2 * Decrease) - 1) * start.Slope);
        bool IsGood(LinePoint p) => IsLower(p) && Math.Abs(p.Slope) <= -Curvature * start.Slope;
        var probes = 0;
        var last = start;
        LinePoint Probe(double step)
        {
            probes++;
            return last = probe(step);
        }

        // Farther out until a minimum lies between low and high, low being the lower one, with a slope towards high.
        var (low, high) = (start, start);
        for (var step = first; probes < MaxProbes; step = Beyond(low, high))
        {
            var p = Probe(step);
            if (IsGood(p))
            {
                return p;
            }

            if (!IsLower(p) || (probes > 1 && p.Value >= low.Value))
            {
                high = p;
                break;
            }

            var before = low;
            low = p;
            if (p.Slope >= 0)
            {
                high = before;
                break;
            }

            high = before;
        }

        // Closer in.
        while (probes < MaxProbes && high.Step != low.Step)
        {
            var p = Probe(Between(low, high));
            if (IsGood(p))
            {
                return p;
            }

            if (!IsLower(p) || p.Value >= low.Value)
            {
                high = p;
            }
            else
            {
                high = p.Slope * (high.Step - low.Step) >= 0 ? low : high;
                low = p;
            }
        }

        if (low.Step == 0 || low.Value >= start.Value)
        {
            return null;
        }

        return last == low ? low : Probe(low.Step);
    }

    // The present one is low, the one before it high.
    private static double Beyond(LinePoint low, LinePoint high)
    {
        var cubic = Cubic(high, low);
        var (near, far) = (low.Step + (Margin * (low.Step - high.Step)), low.Step + (Farther * (low.Step - high.Step)));
        return double.IsNaN(cubic) ? far : Math.Clamp(cubic, near, far);
    }

    private static double Between(LinePoint low, LinePoint high)
    {
        var (left, right) = (Math.Min(low.Step, high.Step), Math.Max(low.Step, high.Step));
        var margin = Margin * (right - left);
        var cubic = Cubic(low, high);
        return double.IsNaN(cubic) ? (left + right) / 2 : Math.Clamp(cubic, left + margin, right - margin);
    }

    // Where the cubic through two values and slopes has its minimum (Nocedal and Wright, equation 3.59); NaN where it has none.
    private static double Cubic(LinePoint a, LinePoint b)
    {
        var d1 = a.Slope + b.Slope - (3 * (a.Value - b.Value) / (a.Step - b.Step));
        var d2 = Math.Sign(b.Step - a.Step) * Math.Sqrt((d1 * d1) - (a.Slope * b.Slope));
        return b.Step - ((b.Step - a.Step) * (b.Slope + d2 - d1) / (b.Slope - a.Slope + (2 * d2)));
    }
}
