using System.Globalization;
using System.Text.Json;
using Granary.Jobs;
using Granary.Model.Files;

namespace Granary.Model.Training;

/// <summary>Whether a job makes features of its columns otherwise than the model did that its weights come from: features of the same names then
/// hold other numbers than those that the weights were trained on.</summary>
internal static class ColumnsChange
{
    private const int ColumnsInMessage = 3;

    // Keys that decide on which features there are, and not on what they hold: features are matched by name.
    private static readonly HashSet<string> OfNames = ["max", "minCount"];

    /// <summary>A sentence for each thing that has changed.</summary>
    /// <param name="here">The job's columns; null where it describes none.</param>
    /// <param name="there">The model's.</param>
    public static IEnumerable<string> Describe(TableEncoding? here, TableEncoding? there)
    {
        if (here is null || there is null)
        {
            if (here is not null || there is not null)
            {
                yield return here is null ? "The model's job described its columns (data.columns) and this one does not: describe them in the same way."
                    : "This job describes its columns (data.columns) and the model's did not: leave data.columns out.";
            }

            yield break;
        }

        var others = there.Columns.ToDictionary(c => c.Name);
        var both = here.Columns.Where(c => others.ContainsKey(c.Name)).Select(c => (Here: c, There: others[c.Name])).ToArray();
        var described = both.Select(c => (c.Here.Name, What: Sections(c.Here.Section, c.There.Section))).Where(c => c.What.Length > 0).ToArray();
        if (described.Length > 0)
        {
            yield return $"Its columns were described otherwise: {string.Join("; ", described.Take(ColumnsInMessage).Select(c => $"'{c.Name}' has {c.What}"))}{More(described.Length)}. Describe them in the same way, as the weights taken meet other numbers than they were trained on.";
        }

        var same = both.Where(c => Sections(c.Here.Section, c.There.Section).Length == 0).ToArray();
        var fitted = same.Select(c => (c.Here.Name, What: Numbers(c.Here, c.There))).Where(c => c.What is not null).ToArray();
        if (fitted.Length > 0)
        {
            yield return $"Its columns were scaled otherwise: {string.Join("; ", fitted.Take(ColumnsInMessage).Select(c => $"'{c.Name}' {c.What}"))}{More(fitted.Length)}, so that the weights taken meet other numbers than they were trained on.";
        }
    }

    private static string More(int count) => count > ColumnsInMessage ? $"; and {count - ColumnsInMessage} more" : "";

    // "scale standard here and minMax there".
    private static string Sections(ColumnSection here, ColumnSection there)
    {
        var (own, other) = (Keys(here), Keys(there));
        return string.Join(", ", own.Keys.Union(other.Keys).Where(k => !OfNames.Contains(k) && own.GetValueOrDefault(k) != other.GetValueOrDefault(k))
            .Select(k => $"{k} {own.GetValueOrDefault(k) ?? "unset"} here and {other.GetValueOrDefault(k) ?? "unset"} there"));
    }

    private static Dictionary<string, string> Keys(ColumnSection section) => JsonSerializer.SerializeToElement(section, SavedModelJson.Options)
        .EnumerateObject().ToDictionary(p => p.Name, p => p.Value.ToString());

    private static string? Numbers(FittedColumn here, FittedColumn there)
    {
        if (here.Center.Length != there.Center.Length)
        {
            return null;
        }

        var worst = Enumerable.Range(0, here.Center.Length)
            .Select(i => (Place: i, Change: ScalingChange.Of(here.Center[i], here.Divisor[i], there.Center[i], there.Divisor[i])))
            .Where(c => c.Change > ScalingChange.Little).OrderByDescending(c => c.Change).Select(c => (int?)c.Place).FirstOrDefault();
        return worst is { } at ? string.Create(
            CultureInfo.InvariantCulture,
            $"has center {here.Center[at]:G4} and divisor {here.Divisor[at]:G4} here, {there.Center[at]:G4} and {there.Divisor[at]:G4} there") : null;
    }
}
