using System.Numerics;

namespace Granary.Jobs;

/// <summary>What a stream of random numbers is for: streams of different purposes never overlap.</summary>
public enum RandomPurpose { InitialWeights = 1, Permutation = 2, Validation = 3, Sampling = 4, Dropout = 5, NegativeSamples = 6, Faults = 7, Windows = 8, Importance = 9 }

/// <summary>
/// xoshiro256** (Blackman and Vigna, 2018), seeded through SplitMix64 from (seed, purpose, a, b). Specified here down to the
/// bit, so that no change of a library or a platform can change a job's result.
/// </summary>
public struct SeededRandom
{
    private ulong _a;
    private ulong _b;
    private ulong _c;
    private ulong _d;

    /// <summary>The stream for one purpose and place, such as (epoch, shard).</summary>
    public static SeededRandom For(long seed, RandomPurpose purpose, long a, long b) => From(Key(seed, purpose, a, b));

    /// <summary>The stream for one purpose and a place of three numbers, such as (epoch, shard, row).</summary>
    public static SeededRandom For(long seed, RandomPurpose purpose, long a, long b, long c) =>
        From(Mix(Key(seed, purpose, a, b) + (ulong)c));

    private static ulong Key(long seed, RandomPurpose purpose, long a, long b) =>
        Mix(Mix(Mix(Mix((ulong)seed) + (ulong)purpose) + (ulong)a) + (ulong)b);

    private static SeededRandom From(ulong key) =>
        new() { _a = Mix(key + 1), _b = Mix(key + 2), _c = Mix(key + 3), _d = Mix(key + 4) };

    /// <summary>SplitMix64's finaliser over the next state: a bijection that scatters every bit.</summary>
    public static ulong Mix(ulong x)
    {
        x += 0x9e3779b97f4a7c15;
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
        x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
        return x ^ (x >> 31);
    }

    /// <summary>64 random bits.</summary>
    public ulong NextUInt64()
    {
        var result = BitOperations.RotateLeft(_b * 5, 7) * 9;
        var t = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= t;
        _d = BitOperations.RotateLeft(_d, 45);
        return result;
    }

    /// <summary>Uniform on [0, 1), in steps of 2^-53.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform on [0, bound), without bias (Lemire, 2019).</summary>
    public int NextInt(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        var threshold = (ulong.MaxValue - (ulong)bound + 1) % (ulong)bound;
        while (true)
        {
            var high = Math.BigMul(NextUInt64(), (ulong)bound, out var low);
            if (low >= threshold)
            {
                return (int)high;
            }
        }
    }

    /// <summary>A permutation of 0 .. count - 1 (Fisher and Yates).</summary>
    public int[] Permutation(int count)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++)
        {
            order[i] = i;
        }

        for (var i = count - 1; i > 0; i--)
        {
            var j = NextInt(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }

        return order;
    }
}
