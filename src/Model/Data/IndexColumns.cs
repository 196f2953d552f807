using System.Text.RegularExpressions;

namespace Granary.Model.Data;

/// <summary>Columns that programs write beside the data, for the rows' own names or numbers: they are no features. pandas writes them without a
/// name, calls them `Unnamed: 0` when it reads them back, and `__index_level_0__` in Parquet; R writes its row names without a name too.</summary>
internal static partial class IndexColumns
{
    /// <summary>Whether a column is one.</summary>
    /// <param name="place">Which column, from 0.</param>
    /// <param name="name">Its name.</param>
    public static bool Has(int place, string name) => (place == 0 && name.Length == 0) || Name().IsMatch(name);

    [GeneratedRegex(@"^(Unnamed: \d+(\.\d+)*|__index_level_\d+__)$", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
