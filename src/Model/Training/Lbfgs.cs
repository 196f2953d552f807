using System.Numerics;

namespace Granary.Model.Training;

/// <summary>What L-BFGS remembers: steps s = x' - x and the changes y = g' - g of the gradient over them.</summary>
public interface ILbfgsHistory<T>
    where T : unmanaged
{
    /// <summary>m.</summary>
    int Memory { get; }

    /// <summary>[P] the step so many steps ago, from 0; zeros where there is none.</summary>
    ReadOnlySpan<T> Step(int ago);

    /// <summary>[P] the change of the gradient over it.</summary>
    ReadOnlySpan<T> Change(int ago);
}

/// <summary>The two-loop recursion (Nocedal, 1980; Nocedal and Wright, 2006, algorithm 7.4): -H g, H being the BFGS approximation of
/// the inverse Hessian made of the pairs that are remembered, from gamma I with gamma = s y / y y of the newest.</summary>
public static class Lbfgs
{
    /// <summary>Turns a gradient [P] into the direction of the next step.</summary>
    /// <returns>Whether anything is remembered; the direction is -g otherwise.</returns>
    public static bool Direction<T>(ILbfgsHistory<T> history, Span<double> gradient)
        where T : unmanaged, INumberBase<T>
    {
        Span<double> rho = stackalloc double[history.Memory];
        Span<double> alpha = stackalloc double[history.Memory];
        double? gamma = null;
        for (var i = 0; i < history.Memory; i++)
        {
            var s = history.Step(i);
            var y = history.Change(i);
            var curvature = FixedDot.Of(s, y);
            if (curvature > 0)
            {
                gamma ??= curvature / FixedDot.Of(y, y);
                rho[i] = 1 / curvature;
                alpha[i] = rho[i] * FixedDot.Of<T, double>(s, gradient);
                Add(-alpha[i], y, gradient);
            }
        }

        foreach (ref var g in gradient)
        {
            g *= gamma ?? 1;
        }

        for (var i = history.Memory - 1; i >= 0; i--)
        {
            if (rho[i] > 0)
            {
                Add(alpha[i] - (rho[i] * FixedDot.Of<T, double>(history.Change(i), gradient)), history.Step(i), gradient);
            }
        }

        foreach (ref var g in gradient)
        {
            g = -g;
        }

        return gamma is not null;
    }

    private static void Add<T>(double factor, ReadOnlySpan<T> term, Span<double> to)
        where T : unmanaged, INumberBase<T>
    {
        for (var i = 0; i < to.Length; i++)
        {
            to[i] += factor * double.CreateTruncating(term[i]);
        }
    }
}
