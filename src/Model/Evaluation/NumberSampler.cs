namespace Granary.Model.Evaluation;

/// <summary>Some truths with their predictions.</summary>
/// <param name="Truths">The truths.</param>
/// <param name="Predictions">What was predicted, likewise in the target's own units.</param>
public sealed record NumberSample(double[] Truths, double[] Predictions);

/// <summary>Keeps some of the examples of a shard to be looked at, spread evenly over it: every one, then every second, every fourth and so on.</summary>
/// <param name="most">So many at most.</param>
internal sealed class NumberSampler(int most)
{
    private readonly List<(double Truth, double Predicted)> _kept = [];
    private long _seen;
    private long _every = 1;

    public void Add(double truth, double predicted)
    {
        if (_seen++ % _every != 0)
        {
            return;
        }

        if (_kept.Count == most)
        {
            var thinned = _kept.Where((_, i) => i % 2 == 0).ToArray();
            _kept.Clear();
            _kept.AddRange(thinned);
            _every *= 2;
            if ((_seen - 1) % _every != 0)
            {
                return;
            }
        }

        _kept.Add((truth, predicted));
    }

    public NumberSample Sample => new([.. _kept.Select(k => k.Truth)], [.. _kept.Select(k => k.Predicted)]);
}
