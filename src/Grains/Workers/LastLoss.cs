using System.Globalization;

namespace Granary.Grains.Workers;

/// <summary>The last finite loss of a worker's own shards, for a message.</summary>
internal sealed class LastLoss
{
    private double? _value;

    /// <summary>Takes a step in.</summary>
    /// <param name="loss">The mean loss of the worker's own examples; null: they weigh nothing.</param>
    public void Take(double? loss) => _value = loss is { } value && double.IsFinite(value) ? value : _value;

    /// <summary>As the rest of a sentence.</summary>
    public string Text => _value is { } loss
        ? string.Create(CultureInfo.InvariantCulture, $"; the last finite loss was {loss:G6}")
        : "; no step before it had a finite loss";
}
