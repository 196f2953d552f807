using System.Globalization;
using Granary.Jobs;
using Granary.Model.Data;

namespace Granary.Model.Custom;

/// <summary>Rows of numbers under named columns, each with a label, as a format of one's own has read them.</summary>
public sealed class LabelledRows
{
    private readonly string[] _columns;
    private readonly List<double> _values = [];
    private readonly LabelNames _names = new();
    private readonly List<int> _labels = [];

    /// <param name="columns">The features' names, which differ; there is one at least.</param>
    /// <exception cref="JobException">They do not.</exception>
    public LabelledRows(IReadOnlyList<string> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        _columns = [.. columns];
        if (_columns.Length == 0 || _columns.Distinct(StringComparer.Ordinal).Count() != _columns.Length)
        {
            throw new JobException($"the features are called {string.Join(", ", _columns)}: there must be one at least, and their names must differ.");
        }
    }

    /// <summary>Rows so far.</summary>
    public int Count => _labels.Count;

    /// <summary>Adds a row.</summary>
    /// <param name="features">Its numbers, in the order of the columns, all of them finite.</param>
    /// <param name="label">Its label, a number or a name.</param>
    /// <exception cref="JobException">There are more numbers than columns, or fewer; one is not finite; or the label is empty.</exception>
    public void Add(ReadOnlySpan<double> features, string label)
    {
        if (features.Length != _columns.Length)
        {
            throw new JobException($"row {Count + 1} has {Plural.Of(features.Length, "number")}, but there are {Plural.Of(_columns.Length, "column")}.");
        }

        for (var f = 0; f < features.Length; f++)
        {
            if (!double.IsFinite(features[f]))
            {
                throw new JobException($"row {Count + 1} has {features[f]} for '{_columns[f]}', which is not a finite number.");
            }
        }

        if (string.IsNullOrWhiteSpace(label))
        {
            throw new JobException($"row {Count + 1} has no label: every row needs one.");
        }

        _values.AddRange(features);
        _labels.Add(_names.Of(label.Trim()));
    }

    internal TableSource Source(string source, bool numbers) => numbers ? WithNumbers(source) : new(_columns, new ArrayRows([.. _values], _columns.Length, Count), _names.Names, [.. _labels]);

    private TableSource WithNumbers(string source)
    {
        var targets = new double[_names.Names.Count];
        for (var i = 0; i < targets.Length; i++)
        {
            if (!double.TryParse(_names.Names[i], NumberStyles.Float, CultureInfo.InvariantCulture, out targets[i]) || !double.IsFinite(targets[i]))
            {
                throw new JobException($"{source}: row {_labels.IndexOf(i) + 1} of a part has the label '{_names.Names[i]}', which is no finite number, but data.target is number.");
            }
        }

        return TableSource.OfNumbers(_columns, new ArrayRows([.. _values], _columns.Length, Count), [.. _labels.Select(l => targets[l])]);
    }
}
