using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>Counts rows whose labels a message is about, while a source is read once more: the lines of rows are not kept.</summary>
/// <param name="isMeant">Whether a label is one of them.</param>
internal sealed class RowTally(Func<string, bool> isMeant)
{
    private const long MostBytes = 1 << 28; // a message does not wait for more, once a row is found

    private long _count;
    private long _bytes;
    private string? _first;
    private string? _label;

    /// <summary>Looks at a row.</summary>
    /// <param name="label">Its label, as it is written.</param>
    /// <param name="place">Where it stands: "v.csv:7".</param>
    public void Add(string label, Func<string> place)
    {
        if (isMeant(label) && _count++ == 0)
        {
            (_first, _label) = (place(), label);
        }
    }

    /// <summary>Goes through parts of a source, until they end or enough of them were read.</summary>
    /// <param name="parts">How many bytes each has; what comes with the next one reads it.</param>
    /// <returns>What was found; null: nothing.</returns>
    public FoundRows? Over(IEnumerable<long> parts)
    {
        var isAll = true;
        try
        {
            foreach (var bytes in parts)
            {
                _bytes += bytes;
                if (_bytes > MostBytes && _count > 0)
                {
                    isAll = false;
                    break;
                }
            }
        }
        catch (JobException)
        {
            isAll = false; // something else is wrong further down
        }

        return _count > 0 ? new FoundRows(_count, _first, _label, isAll) : null;
    }
}
