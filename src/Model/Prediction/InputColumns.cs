using Granary.Jobs;

namespace Granary.Model.Prediction;

/// <summary>Which column of a table is which feature of a model: by name, in whatever order the columns stand.</summary>
/// <param name="Places">For each feature, its column.</param>
/// <param name="Ignored">Columns that the model does not know.</param>
internal sealed record InputColumns(IReadOnlyList<int> Places, IReadOnlyList<string> Ignored)
{
    /// <exception cref="JobException">A feature has no column, or two.</exception>
    public static InputColumns Match(IReadOnlyList<string> features, string[] header, string file)
    {
        var missing = features.Where(f => !header.Contains(f)).ToArray();
        if (missing.Length > 0)
        {
            throw new JobException($"{file}:1: there is no column {string.Join(", ", missing.Select(m => $"'{m}'"))}, which the model was trained on. "
                + $"The columns are: {string.Join(", ", header)}.");
        }

        if (features.FirstOrDefault(f => header.Count(h => h == f) > 1) is { } twice)
        {
            throw new JobException($"{file}:1: the column '{twice}' is there twice. Which one is meant cannot be known.");
        }

        return new InputColumns(
            [.. features.Select(f => Array.IndexOf(header, f))],
            [.. header.Where(h => !features.Contains(h))]);
    }
}
