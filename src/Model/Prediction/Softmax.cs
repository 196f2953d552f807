namespace Granary.Model.Prediction;

/// <summary>softmax(z)_k = e^(z_k) / sum_j e^(z_j), in float64.</summary>
internal static class Softmax
{
    public static double[] Of(ReadOnlySpan<double> z)
    {
        // The greatest is taken off first, which changes nothing but that no power is infinite.
        var greatest = double.NegativeInfinity;
        foreach (var value in z)
        {
            greatest = Math.Max(greatest, value);
        }

        var powers = new double[z.Length];
        double sum = 0;
        for (var k = 0; k < z.Length; k++)
        {
            powers[k] = Math.Exp(z[k] - greatest);
            sum += powers[k];
        }

        for (var k = 0; k < powers.Length; k++)
        {
            powers[k] /= sum;
        }

        return powers;
    }
}
