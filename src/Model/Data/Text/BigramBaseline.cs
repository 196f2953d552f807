namespace Granary.Model.Data;

/// <summary>A bigram model with add-one smoothing, P(b | a) = (n(a, b) + 1) / (n(a) + K): what a text's next token can be told
/// from the last one alone. Anything that calls itself a language model must do better.</summary>
/// <param name="vocabulary">K.</param>
public sealed class BigramBaseline(int vocabulary)
{
    private readonly Dictionary<(int, int), long> _pairs = [];
    private readonly Dictionary<int, long> _firsts = [];
    private double _loss;
    private long _predictions;

    /// <summary>Mean loss in nats per token over what has been evaluated; null when nothing has.</summary>
    public double? Loss => _predictions == 0 ? null : _loss / _predictions;

    /// <summary>Counts one pair of the training text.</summary>
    public void Count(int first, int second)
    {
        _pairs[(first, second)] = _pairs.GetValueOrDefault((first, second)) + 1;
        _firsts[first] = _firsts.GetValueOrDefault(first) + 1;
    }

    /// <summary>Predicts one pair of the held-out text.</summary>
    public void Evaluate(int first, int second)
    {
        _loss -= Math.Log((_pairs.GetValueOrDefault((first, second)) + 1.0) / (_firsts.GetValueOrDefault(first) + vocabulary));
        _predictions++;
    }
}
