namespace Granary.Model.Training;

/// <summary>Names of a state dict without what wrappers put before them: "module." (DataParallel, DistributedDataParallel), "_orig_mod."
/// (torch.compile), "_fsdp_wrapped_module.", "_checkpoint_wrapped_module.", "model." (Lightning), in any order and number.</summary>
internal static class StateDictNames
{
    // These two a network may have for itself, so that they are left out only where more names fit without.
    private static readonly string[] Outer = ["module.", "model."];

    // These stand wherever a layer was wrapped, and nothing else is called so.
    private static readonly string[] Inner = ["_orig_mod.", "_fsdp_wrapped_module.", "_checkpoint_wrapped_module."];

    /// <summary>Names as a network has them, each with the name that the file has; and what was left out of the latter.</summary>
    /// <param name="names">The file's names.</param>
    /// <param name="wanted">The network's.</param>
    public static (IReadOnlyDictionary<string, string> Names, IReadOnlyList<string> Without) Unwrap(IReadOnlyList<string> names, IReadOnlySet<string> wanted)
    {
        var best = Without([], "", names);
        var most = Fitting(best.Names, wanted);
        foreach (var (left, prefix) in Candidates(names))
        {
            var tried = Without(left, prefix, names);
            if (Fitting(tried.Names, wanted) is var fitting && fitting > most)
            {
                (best, most) = (tried, fitting);
            }
        }

        return best;
    }

    private static int Fitting(IReadOnlyDictionary<string, string> names, IReadOnlySet<string> wanted) => names.Keys.Count(wanted.Contains);

    // The shortest first: of two that fit as well the file's own names are kept.
    private static IEnumerable<(string[] Inner, string Prefix)> Candidates(IReadOnlyList<string> names)
    {
        string[][] inner = names.Any(n => Inner.Any(i => n.Contains(i, StringComparison.Ordinal))) ? [[], Inner] : [[]];
        return inner.SelectMany(left => names.Select(n => Strip(n, left)).SelectMany(Prefixes).Append("").Distinct()
            .OrderBy(p => p.Length).ThenBy(p => p, StringComparer.Ordinal).Select(p => (left, p)));
    }

    private static IEnumerable<string> Prefixes(string name)
    {
        var at = 0;
        while (Array.Find(Outer, o => name.AsSpan(at).StartsWith(o, StringComparison.Ordinal)) is { } wrapper)
        {
            at += wrapper.Length;
            yield return name[..at];
        }
    }

    private static (IReadOnlyDictionary<string, string> Names, IReadOnlyList<string> Without) Without(
        string[] inner, string prefix, IReadOnlyList<string> names)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            var bare = Strip(name, inner);
            if (bare.StartsWith(prefix, StringComparison.Ordinal))
            {
                found.TryAdd(bare[prefix.Length..], name);
            }
        }

        // What does not begin so keeps its name, where nothing else has it.
        foreach (var name in names.Where(n => !Strip(n, inner).StartsWith(prefix, StringComparison.Ordinal)))
        {
            found.TryAdd(name, name);
        }

        var left = inner.Where(i => names.Any(n => n.Contains(i, StringComparison.Ordinal)));
        return (found, prefix.Length > 0 ? [.. left.Prepend(prefix)] : [.. left]);
    }

    // A wrapper's name begins the whole name, or comes behind a dot.
    private static string Strip(string name, string[] inner)
    {
        foreach (var wrapper in inner)
        {
            while (name.StartsWith(wrapper, StringComparison.Ordinal))
            {
                name = name[wrapper.Length..];
            }

            name = name.Replace("." + wrapper, ".", StringComparison.Ordinal);
        }

        return name;
    }
}
