using System.Collections.Concurrent;
using Granary.Jobs;
using Granary.Model.Training;

namespace Granary.Model.Custom;

/// <summary>The optimisers that a silo's program adds to the built-in ones. They are the process's: add them first thing in Program.cs.</summary>
public static class OwnOptimizers
{
    /// <summary>State vectors that an optimiser may have: what a checkpoint says of itself is held against it.</summary>
    internal const int MostVectors = 64;

    private static readonly ConcurrentDictionary<string, Func<OptimizerOptions, IOptimizer>> Makers = new(StringComparer.Ordinal);

    /// <summary>Makes an optimiser known, so that job files can name it.</summary>
    /// <param name="kind">As in <c>training.optimizer.kind</c>: 1 to 64 lower-case letters, digits and hyphens, a letter first.</param>
    /// <param name="create">Makes the rule from what the job file says.</param>
    /// <exception cref="ArgumentException">The name is none, or is taken.</exception>
    public static void Add(string kind, Func<OptimizerOptions, IOptimizer> create)
    {
        ArgumentNullException.ThrowIfNull(kind);
        ArgumentNullException.ThrowIfNull(create);
        OwnOptimizerKinds.Add(kind, section => Make(section).State.Count);
        Makers[kind] = create;
    }

    /// <summary>A rule.</summary>
    /// <exception cref="JobException">The kind is unknown, or an option is wrong.</exception>
    internal static IOptimizer Make(OptimizerSection section)
    {
        var kind = section.KindName();
        var maker = Makers.TryGetValue(kind, out var found) ? found : throw OwnOptimizerKinds.Unknown(kind);
        var options = new OptimizerOptions(section);
        var made = maker(options);
        options.RefuseOthers();
        return made.State.Count <= MostVectors ? made : throw new JobException(
            $"training.optimizer.kind is {kind}, whose state has {made.State.Count} vectors: there may be {MostVectors} at the most.");
    }
}
