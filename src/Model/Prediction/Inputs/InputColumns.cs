using Granary.Jobs;
using Granary.Model.Data;

namespace Granary.Model.Prediction;

/// <summary>Which column of a table is which feature of a model: by name, in whatever order the columns stand.</summary>
/// <param name="Places">For each feature, its column.</param>
/// <param name="Ignored">Columns that the model does not know.</param>
internal sealed record InputColumns(IReadOnlyList<int> Places, IReadOnlyList<string> Ignored)
{
    private const int NamesInMessage = 10;

    /// <summary>Finds the column of each feature.</summary>
    /// <param name="features">The model's features.</param>
    /// <param name="header">The file's columns.</param>
    /// <param name="place">The file, and where in it the names stand, for messages.</param>
    /// <param name="delimiter">What stands between its cells; null: it has none.</param>
    /// <exception cref="JobException">A feature has no column, or two.</exception>
    public static InputColumns Match(IReadOnlyList<string> features, string[] header, string place, string? delimiter)
    {
        var missing = features.Where(f => !header.Contains(f)).ToArray();
        if (missing.Length > 0)
        {
            string[] free = [.. header.Except(features)];
            var near = string.Concat(missing.Select(m => HeaderHints.Rename(m, free)).Take(NamesInMessage));
            throw new JobException($"{place}: there is no column {string.Join(", ", missing.Take(NamesInMessage).Select(m => $"'{m}'"))}"
                + $"{(missing.Length > NamesInMessage ? $" (and {missing.Length - NamesInMessage} more)" : "")}, which the model was trained on.{near} "
                + HeaderHints.Columns(header) + (near.Length > 0 || delimiter is null ? "" : HeaderHints.OfFile(header, delimiter)));
        }

        if (features.FirstOrDefault(f => header.Count(h => h == f) > 1) is { } twice)
        {
            throw new JobException($"{place}: the column '{twice}' is there twice. Which one is meant cannot be known.");
        }

        return new InputColumns(
            [.. features.Select(f => Array.IndexOf(header, f))],
            [.. header.Where(h => !features.Contains(h))]);
    }
}
