using System.Text.Json;
using Granary.Jobs;
using Granary.Model.Files;

namespace Granary.Model.Training;

/// <summary>Whether a job describes its columns otherwise than the model's job did that its weights come from: features of the same names then hold other
/// numbers than those that the weights were trained on. How they are scaled is <see cref="ScalingChange"/>'s.</summary>
internal static class ColumnsChange
{
    private const int ColumnsInMessage = 3;

    // Keys that decide on which features there are, which are matched by name, and on numbers that ScalingChange compares.
    private static readonly HashSet<string> Elsewhere = ["max", "minCount", "scale"];

    /// <summary>One sentence; null where nothing has changed, or one of the two describes no columns.</summary>
    /// <param name="here">The job's columns.</param>
    /// <param name="there">The model's.</param>
    public static string? Describe(TableEncoding? here, TableEncoding? there)
    {
        var others = (there?.Columns ?? []).ToDictionary(c => c.Name);
        string[] changed = [.. (here?.Columns ?? []).Where(c => others.ContainsKey(c.Name)).Select(c => (c.Name, What: Keys(c.Section, others[c.Name].Section)))
            .Where(c => c.What.Length > 0).Select(c => $"'{c.Name}' has {c.What}")];
        return changed.Length == 0 ? null
            : $"Its columns were described otherwise: {string.Join("; ", changed.Take(ColumnsInMessage))}{(changed.Length > ColumnsInMessage ? $"; and {changed.Length - ColumnsInMessage} more" : "")}. "
            + "Describe them in the same way, as the weights taken meet other numbers than they were trained on.";
    }

    // "kind text here and categorical there".
    private static string Keys(ColumnSection here, ColumnSection there)
    {
        var (own, other) = (Keys(here), Keys(there));
        return string.Join(", ", own.Keys.Union(other.Keys).Where(k => !Elsewhere.Contains(k) && own.GetValueOrDefault(k) != other.GetValueOrDefault(k))
            .Select(k => $"{k} {own.GetValueOrDefault(k) ?? "unset"} here and {other.GetValueOrDefault(k) ?? "unset"} there"));
    }

    private static Dictionary<string, string> Keys(ColumnSection section) => JsonSerializer.SerializeToElement(section, SavedModelJson.Options)
        .EnumerateObject().ToDictionary(p => p.Name, p => p.Value.ToString());
}
