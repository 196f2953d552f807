using System.Text;

namespace Granary.Jobs;

/// <summary>Names of enum values as job files write them: CrossEntropy is cross-entropy.</summary>
public static class Kebab
{
    // adamw is one word in the field, whatever its capitals say.

    /// <summary>The name of one value.</summary>
    public static string Name<T>(T value)
        where T : struct, Enum
    {
        var text = value.ToString();
        if (text == nameof(OptimizerKind.AdamW))
        {
            return "adamw";
        }

        var name = new StringBuilder();
        foreach (var c in text)
        {
            if (char.IsUpper(c) && name.Length > 0)
            {
                name.Append('-');
            }

            name.Append(char.ToLowerInvariant(c));
        }

        return name.ToString();
    }
}
