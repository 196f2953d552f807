using Granary.Contracts;

namespace Granary.Grains.Coordination;

/// <summary>Which silos have the same extensions: the wire codec, without which they could not read each other's blocks, and the checkpoint store,
/// without which they could not read each other's checkpoints. Plain rules.</summary>
internal static class ExtensionRule
{
    /// <summary>Whether each silo has what most of them have.</summary>
    /// <param name="silos">What the silos say of themselves, in an order that all runs share.</param>
    /// <param name="store">The store that the job's checkpoints are in; null: in none yet.</param>
    public static bool[] AreAlike(IReadOnlyList<SiloInfo> silos, string? store)
    {
        var most = silos.Where(s => store is null || s.CheckpointStore == store).GroupBy(s => (s.Codec, s.CheckpointStore)).MaxBy(g => g.Count())?.Key;
        return [.. silos.Select(s => (s.Codec, s.CheckpointStore) == most)];
    }

    /// <summary>What differs, and the remedy.</summary>
    /// <param name="other">A silo that is not like the others.</param>
    /// <param name="one">One of the others.</param>
    public static string Difference(SiloInfo other, SiloInfo one) => other.Codec != one.Codec
        ? $"silo {other.Name} has the wire codec {other.Codec}, and silo {one.Name} has {one.Codec}. Register the same codec (AddCodec) on every silo"
        : $"silo {other.Name} has the checkpoint store {other.CheckpointStore}, and silo {one.Name} has {one.CheckpointStore}. "
            + "Give every silo the same --checkpoints, or register the same checkpoint store (AddCheckpointStore)";
}
