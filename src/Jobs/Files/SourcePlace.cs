using System.Globalization;
using System.Text.RegularExpressions;

namespace Granary.Jobs;

/// <summary>Where an error is, read off its message: "digits.yaml:9: data.shards is ...", "--set data.shards=0: ...".</summary>
/// <param name="File">The file; null: none is named.</param>
/// <param name="Line">Its line, from 1; null: none is named.</param>
/// <param name="Key">The job's key, "data.shards"; null: none is named.</param>
public sealed partial record SourcePlace(string? File, int? Line, string? Key)
{
    /// <summary>Reads a message.</summary>
    public static SourcePlace Of(string message)
    {
        var (place, key) = (FileAndLine().Match(message), KeyOfJob().Match(message));
        return new SourcePlace(
            place.Success ? place.Groups["file"].Value : null,
            place.Success && int.TryParse(place.Groups["line"].Value, CultureInfo.InvariantCulture, out var line) ? line : null,
            key.Success ? key.Value : null);
    }

    [GeneratedRegex(@"^(?<file>[^\n]+?):(?<line>[0-9]+): ")]
    private static partial Regex FileAndLine();

    [GeneratedRegex(@"\b(model|data|training)(\.[A-Za-z0-9]+)+\b(?!\.)")]
    private static partial Regex KeyOfJob();
}
