namespace Granary.Grains.Coordination;

/// <summary>Which silos stand aside where some pairs of silos do not reach each other, so that all of the others do. Plain rules.</summary>
internal static class CutRule
{
    /// <summary>A silo that stands aside, and why.</summary>
    /// <param name="Silo">Its name.</param>
    /// <param name="From">The silos that it is cut off from.</param>
    /// <param name="Cause">What was said when they were tried to reach; null: nothing, they did not answer in time.</param>
    public sealed record Aside(string Silo, IReadOnlyList<string> From, string? Cause = null)
    {
        /// <summary>For people.</summary>
        public string Why => $"it and {string.Join(", ", From)} do not reach each other{(Cause is null ? "" : $" ({Cause})")}";
    }

    /// <summary>As few as a simple choice finds: the silo in most pairs, of several the last by name, until no pair is left.</summary>
    /// <param name="pairs">Silos that do not reach each other, by name; whichever of the two has told it.</param>
    /// <param name="may">Which silos may stand aside; of each pair at least one.</param>
    public static IReadOnlyList<Aside> Choose(IEnumerable<(string One, string Other)> pairs, Func<string, bool> may)
    {
        var left = pairs.Where(p => p.One != p.Other).Select(p => string.CompareOrdinal(p.One, p.Other) < 0 ? p : (One: p.Other, Other: p.One)).ToHashSet();
        var aside = new List<Aside>();
        while (left.SelectMany(p => new[] { p.One, p.Other }).Where(may).GroupBy(s => s).OrderBy(s => s.Count()).ThenBy(s => s.Key, StringComparer.Ordinal).LastOrDefault() is { } most)
        {
            var silo = most.Key;
            aside.Add(new Aside(silo, [.. left.Where(p => p.One == silo || p.Other == silo).Select(p => p.One == silo ? p.Other : p.One).Order(StringComparer.Ordinal)]));
            left.RemoveWhere(p => p.One == silo || p.Other == silo);
        }

        return aside;
    }
}
