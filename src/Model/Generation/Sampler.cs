using Granary.Jobs;
using Granary.Model.Prediction;

namespace Granary.Model.Generation;

/// <summary>Chooses the next token: softmax of z / temperature over the k greatest logits; temperature 0 is the greatest itself.</summary>
public sealed class Sampler
{
    private readonly double _temperature;
    private readonly int _topK;

    /// <param name="temperature">At least 0. Softmax in the base e^(1 / temperature): below 1 sharper, above 1 flatter.</param>
    /// <param name="topK">Only the k greatest logits can be chosen; 0: all.</param>
    /// <exception cref="JobException">One of them is out of range.</exception>
    public Sampler(double temperature, int topK)
    {
        if (!double.IsFinite(temperature) || temperature < 0)
        {
            throw new JobException($"--temperature is {temperature.ToString(System.Globalization.CultureInfo.InvariantCulture)}, but must be at least 0 (0 is greedy).");
        }

        if (topK < 0)
        {
            throw new JobException($"--top-k is {topK}, but must be at least 0 (0 is all).");
        }

        (_temperature, _topK) = (temperature, topK);
    }

    /// <summary>A token. Where logits are equal, the lower token comes first.</summary>
    /// <param name="logits">[K].</param>
    /// <param name="uniform">A random number in [0, 1).</param>
    public int Next(ReadOnlySpan<double> logits, double uniform)
    {
        var values = logits.ToArray();
        int[] order = [.. Enumerable.Range(0, values.Length).OrderByDescending(t => values[t])]; // a stable sort
        if (_temperature == 0)
        {
            return order[0];
        }

        var kept = order.AsSpan(0, _topK == 0 ? order.Length : Math.Min(_topK, order.Length));
        var scaled = new double[kept.Length];
        for (var i = 0; i < kept.Length; i++)
        {
            // From the greatest: a tiny temperature must not make two infinities.
            scaled[i] = (values[kept[i]] - values[order[0]]) / _temperature;
        }

        var probabilities = Softmax.Of(scaled);
        for (var i = 0; i < kept.Length - 1; i++)
        {
            uniform -= probabilities[i];
            if (uniform < 0)
            {
                return kept[i];
            }
        }

        return kept[^1];
    }
}
