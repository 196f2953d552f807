using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Granary.Model.Training;

/// <summary>Vectors of a run of numbers without a check for each of them: whoever goes over runs side by side checks their lengths once.</summary>
internal static class VectorRuns
{
    /// <summary>The numbers from i on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> At<T>(this ReadOnlySpan<T> run, int i) => Vector.LoadUnsafe(in MemoryMarshal.GetReference(run), (nuint)i);

    /// <summary>Writes to the numbers from i on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Put<T>(this Span<T> run, int i, Vector<T> value) => value.StoreUnsafe(ref MemoryMarshal.GetReference(run), (nuint)i);

    /// <summary>Refuses a run of another length than the weights'.</summary>
    public static void RequireLength<T>(int weights, ReadOnlySpan<T> first, ReadOnlySpan<T> second)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(first.Length, weights);
        ArgumentOutOfRangeException.ThrowIfNotEqual(second.Length, weights);
    }
}
