namespace Granary.Jobs;

/// <summary>A key that tells a kind, on which it depends what other keys mean.</summary>
/// <param name="path">The key: "model.kind".</param>
/// <param name="name">The kind's name in a job.</param>
/// <param name="fallback">The kind where the key is missing; null: it never is.</param>
/// <param name="remedy">What to do about a key that does not belong; null: the kinds that it belongs to are named.</param>
internal sealed class KindKey<T>(string path, Func<Job, string> name, T? fallback = null, string? remedy = null)
    where T : struct, Enum
{
    /// <summary>These kinds.</summary>
    public Belonging Only(params T[] kinds) => Of(kinds, string.Join(", ", kinds.Select(Kebab.Name)));

    /// <summary>Every kind but one.</summary>
    public Belonging AllBut(T kind) => new(
        [new KindIs(path, name, [Kebab.Name(kind)], Fallback, IsNot: true)], $"not {Kebab.Name(kind)}", Refusal([.. Enum.GetValues<T>().Where(k => !k.Equals(kind))]));

    /// <summary>Kinds that have none of the built-in names.</summary>
    public Belonging Own(IEnumerable<string> builtIn) => new(
        [new KindIs(path, name, [.. builtIn], Fallback, IsNot: true)], "own kinds", (key, job) => $"{key} has no meaning for {name(job)}: it belongs to kinds of one's own.");

    private string? Fallback => fallback is { } kind ? Kebab.Name(kind) : null;

    private Belonging Of(T[] kinds, string words) => new([new KindIs(path, name, [.. kinds.Select(Kebab.Name)], Fallback)], words, Refusal(kinds));

    private Func<string, Job, string> Refusal(T[] kinds) => (key, job) =>
        $"{key} has no meaning for {name(job)}: {remedy ?? $"it belongs to {KeyWords.List(kinds)}"}.";
}
