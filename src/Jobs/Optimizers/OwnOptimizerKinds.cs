using System.Collections.Concurrent;

namespace Granary.Jobs;

/// <summary>Optimisers beside the built-in ones, as this process knows them: a silo's program registers its own before it starts anything.</summary>
public static class OwnOptimizerKinds
{
    private static readonly ConcurrentDictionary<string, Func<OptimizerSection, int>> Known = new(StringComparer.Ordinal);

    /// <summary>Their names, in ordinal order.</summary>
    public static IReadOnlyList<string> Names => [.. Known.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The built-in ones by name.</summary>
    internal static IReadOnlyDictionary<string, OptimizerKind> BuiltIn { get; } =
        Enum.GetValues<OptimizerKind>().Where(k => k != OptimizerKind.Own).ToDictionary(Kebab.Name, k => k);

    /// <summary>Makes an optimiser known.</summary>
    /// <param name="name">As in <c>training.optimizer.kind</c>: 1 to 64 lower-case letters, digits and hyphens, a letter first.</param>
    /// <param name="stateVectors">How many vectors of state it keeps.</param>
    /// <exception cref="ArgumentException">The name is none, or is taken.</exception>
    public static void Add(string name, Func<OptimizerSection, int> stateVectors)
    {
        KindNames.Require(name, "an optimiser");
        if (BuiltIn.ContainsKey(name) || !Known.TryAdd(name, stateVectors))
        {
            throw new ArgumentException($"there is an optimiser named '{name}' already.", nameof(name));
        }
    }

    /// <summary>How many vectors of state one of them keeps.</summary>
    /// <exception cref="JobException">This process does not know it.</exception>
    internal static int StateVectors(OptimizerSection optimizer) => Known.TryGetValue(optimizer.KindName(), out var vectors) ? vectors(optimizer) : throw Unknown(optimizer.KindName());

    /// <summary>What to say where a job asks for an optimiser that this process does not know.</summary>
    public static JobException Unknown(string name) => new(
        $"training.optimizer.kind is {name}, which this silo's program does not know (it knows {string.Join(", ", BuiltIn.Keys.Concat(Names))}): "
        + "start the program that registers it; GRANARY_SILO names its .dll.");
}
