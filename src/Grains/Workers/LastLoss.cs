using System.Globalization;
using Granary.Contracts;

namespace Granary.Grains.Workers;

/// <summary>The last finite loss of a worker's own shards, for a message.</summary>
internal sealed class LastLoss
{
    private double? _value;

    /// <summary>Takes a step in. One whose examples weigh nothing has no loss.</summary>
    /// <param name="own">What each of the worker's shards put into it.</param>
    public void Take(ReadOnlySpan<ShardRecord> own)
    {
        double loss = 0, weight = 0;
        foreach (var record in own)
        {
            (loss, weight) = (loss + record.LossSum, weight + record.Weight);
        }

        _value = double.IsFinite(loss / weight) ? loss / weight : _value;
    }

    /// <summary>As the rest of a sentence.</summary>
    public string Text => _value is { } loss
        ? string.Create(CultureInfo.InvariantCulture, $"; the last finite loss was {loss:G6}")
        : "; no step before it had a finite loss";
}
