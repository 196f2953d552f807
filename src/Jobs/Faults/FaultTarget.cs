namespace Granary.Jobs;

/// <summary>Whom a fault meets.</summary>
public static class FaultTarget
{
    /// <summary>Silos drawn from the living ones.</summary>
    public const string Any = "any";

    /// <summary>Every silo.</summary>
    public const string All = "all";

    /// <summary>The silo of the job's coordinator.</summary>
    public const string Coordinator = "coordinator";

    /// <summary>Silos drawn from those that do not hold the job's coordinator.</summary>
    public const string Others = "others";

    /// <summary>The silos that the target matches, by name; empty where it matches none.</summary>
    /// <param name="target">A word from above, or a name.</param>
    /// <param name="count">How many, where they are drawn.</param>
    /// <param name="living">Names of the living silos.</param>
    /// <param name="coordinator">The silo of the job's coordinator; null: not known.</param>
    /// <param name="random">Draws.</param>
    public static IReadOnlyList<string> Choose(string target, int count, IReadOnlyList<string> living, string? coordinator, ref SeededRandom random)
    {
        string[] sorted = [.. living.Order(StringComparer.Ordinal)];
        return target switch
        {
            All => sorted,
            Any => Draw(sorted, count, ref random),
            Others => Draw([.. sorted.Where(s => s != coordinator)], count, ref random),
            Coordinator => [.. sorted.Where(s => s == coordinator)],
            _ => [.. sorted.Where(s => s == target)],
        };
    }

    private static string[] Draw(string[] from, int count, ref SeededRandom random) =>
        [.. random.Permutation(from.Length).Take(count).Select(i => from[i])];
}
