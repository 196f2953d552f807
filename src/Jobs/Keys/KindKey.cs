namespace Granary.Jobs;

/// <summary>A key that tells a kind, on which it depends what other keys mean.</summary>
/// <param name="path">The key: "model.kind".</param>
/// <param name="name">The kind's name in a job.</param>
/// <param name="all">The built-in kinds' names.</param>
/// <param name="fallback">The kind where the key is missing; null: it never is.</param>
/// <param name="remedy">What to do about a key that does not belong; null: the kinds that it belongs to are named.</param>
internal sealed class KindKey(string path, Func<Job, string> name, Func<IReadOnlyList<string>> all, string? fallback = null, string? remedy = null)
{
    /// <summary>A key whose kinds are the values of an enum.</summary>
    public static KindKey Of<T>(string path, Func<Job, string> name, T fallback, string? remedy = null)
        where T : struct, Enum => new(path, name, () => [.. Enum.GetValues<T>().Select(Kebab.Name)], Kebab.Name(fallback), remedy);

    /// <summary>These kinds.</summary>
    public Belonging Only<T>(params T[] kinds)
        where T : struct, Enum => Only([.. kinds.Select(Kebab.Name)]);

    /// <summary>Every kind but some.</summary>
    public Belonging AllBut<T>(params T[] kinds)
        where T : struct, Enum
    {
        string[] names = [.. kinds.Select(Kebab.Name)];
        return new([new KindIs(path, name, names, fallback, IsNot: true)], $"not {string.Join(", ", names)}", Refusal([.. all().Except(names)]));
    }

    /// <summary>The kinds for which something holds, by what their descriptions say.</summary>
    /// <param name="holds">Whether it holds for a kind, a built-in or a registered one, or one that this process does not know.</param>
    /// <param name="isUnknown">Whether a kind is one that this process does not know, so that the key is left to the silo's program.</param>
    public Belonging Where(Func<string, bool> holds, Func<string, bool> isUnknown)
    {
        string[] kinds = [.. all().Where(holds)];
        return new([new KindIs(path, name, kinds, fallback) { Asks = holds, IsUnknown = isUnknown, Others = [.. all().Except(kinds)] }], string.Join(", ", kinds), Refusal(kinds));
    }

    /// <summary>The same, said by the kinds for which it does not hold: registered kinds mostly are of the others.</summary>
    /// <inheritdoc cref="Where"/>
    public Belonging AllButWhereNot(Func<string, bool> holds)
    {
        string[] kinds = [.. all().Where(k => !holds(k))];
        return new(
            [new KindIs(path, name, kinds, fallback, IsNot: true) { Asks = holds }],
            $"not {string.Join(", ", kinds)}",
            Refusal([.. all().Where(holds)]));
    }

    /// <summary>The same of keys that kinds of one's own have, and built-in ones may have.</summary>
    /// <param name="holds">As there.</param>
    /// <param name="what">What kinds are called here.</param>
    public Belonging Own(Func<string, bool> holds, string what = "kinds")
    {
        var others = all().Where(k => !holds(k));
        string[] builtIn = [.. all().Where(holds)];
        return new(
            [new KindIs(path, name, [.. others], fallback, IsNot: true) { Asks = holds }],
            string.Join(", ", [.. builtIn, $"own {what}"]),
            (key, job) => $"{key} has no meaning for {name(job)}: it belongs to {string.Join(", ", builtIn)}{(builtIn.Length > 0 ? " and " : "")}{what} of one's own.");
    }

    private Belonging Only(string[] kinds) => new([new KindIs(path, name, kinds, fallback)], string.Join(", ", kinds), Refusal(kinds));

    private Func<string, Job, string> Refusal(string[] kinds) => (key, job) =>
        $"{key} has no meaning for {name(job)}: {remedy ?? $"it belongs to {KeyWords.List(kinds)}"}.";
}
