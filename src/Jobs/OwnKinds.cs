using System.Collections.Concurrent;

namespace Granary.Jobs;

/// <summary>Kinds of models beside the built-in ones, as this process knows them: a silo's program registers its own before it
/// starts anything.</summary>
public static class OwnKinds
{
    private const int LongestName = 64;

    private static readonly ConcurrentDictionary<string, Func<ModelSection, InputShape, IReadOnlyList<ParameterShape>>> Known = new(StringComparer.Ordinal);

    /// <summary>Their names, in ordinal order.</summary>
    public static IReadOnlyList<string> Names => [.. Known.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Makes a kind known.</summary>
    /// <param name="name">As in <c>model.kind</c>: 1 to 64 lower-case letters, digits and hyphens, a letter first.</param>
    /// <param name="shape">The parameters of such a model.</param>
    /// <exception cref="ArgumentException">The name is none, or is taken.</exception>
    public static void Add(string name, Func<ModelSection, InputShape, IReadOnlyList<ParameterShape>> shape)
    {
        if (!IsName(name))
        {
            throw new ArgumentException(
                $"'{name}' is no name for a kind of model: it takes 1 to {LongestName} lower-case letters, digits and hyphens, a letter first.", nameof(name));
        }

        if (BuiltIn.ContainsKey(name) || !Known.TryAdd(name, shape))
        {
            throw new ArgumentException($"there is a kind of model named '{name}' already.", nameof(name));
        }
    }

    /// <summary>The parameters of a model of such a kind.</summary>
    /// <exception cref="JobException">This process does not know the kind.</exception>
    public static IReadOnlyList<ParameterShape> Shape(ModelSection model, InputShape input) => Known.TryGetValue(model.OwnKind ?? "", out var shape)
        ? shape(model, input)
        : throw Unknown(model.OwnKind ?? "");

    /// <summary>What to say where a model is of a kind that this process does not know.</summary>
    public static JobException Unknown(string kind) => new(
        $"model.kind is {kind}, which this silo's program does not know (it knows {string.Join(", ", BuiltIn.Keys.Concat(Names))}): "
        + "start the program that registers it; GRANARY_SILO names its .dll.");

    internal static IReadOnlyDictionary<string, ModelKind> BuiltIn { get; } =
        Enum.GetValues<ModelKind>().Where(k => k != ModelKind.Own).ToDictionary(Kebab.Name, k => k);

    internal static bool IsName(string name) => name.Length is > 0 and <= LongestName && char.IsAsciiLetterLower(name[0])
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
