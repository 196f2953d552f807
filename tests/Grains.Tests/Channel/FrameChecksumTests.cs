using System.IO.Hashing;
using System.Numerics;
using System.Runtime.InteropServices;
using CsCheck;
using Granary.Grains.Channel;

namespace Granary.Grains.Tests;

/// <summary>What a frame's checksum notices.</summary>
public class FrameChecksumTests
{
    private static readonly FrameHeader Header = new() { Magic = FrameHeader.ExpectedMagic, Kind = FrameKind.Sum, Step = 7, Block = 3, Weight = 128 };

    private static readonly Gen<byte[]> Payloads = Gen.Byte.Array[1, 700];

    [Fact]
    public void It_is_what_the_definition_gives_word_by_word() =>
        Gen.Byte.Array[0, 700].Sample(payload => Assert.Equal(ByDefinition(Header, payload), FrameChecksum.Of(Header, payload)));

    [Fact]
    public void Any_flipped_bit_shows() => Gen.Select(Payloads, Gen.Int[0, int.MaxValue]).Sample((payload, where) =>
    {
        var before = FrameChecksum.Of(Header, payload);
        payload[where % payload.Length] ^= (byte)(1 << (where / payload.Length % 8));
        Assert.NotEqual(before, FrameChecksum.Of(Header, payload));
    });

    // The same bit of two words of one lane: the worst that a sum can meet, the more so at the highest bit.
    [Fact]
    public void Any_two_flips_of_one_bit_show()
    {
        var random = new Random(5);
        var payload = new byte[64 * 40];
        random.NextBytes(payload);
        var before = FrameChecksum.Of(Header, payload);
        for (var bit = 0; bit < 64; bit++)
        {
            for (var distance = 1; distance < 40; distance++)
            {
                for (var direction = 0; direction < 4; direction++)
                {
                    var damaged = payload.ToArray();
                    var words = MemoryMarshal.Cast<byte, ulong>(damaged.AsSpan());
                    var (first, second) = (3, 3 + (8 * distance));
                    words[first] = (words[first] & ~(1UL << bit)) | ((ulong)(direction & 1) << bit);
                    words[second] = (words[second] & ~(1UL << bit)) | ((ulong)(direction >> 1) << bit);
                    var from = FrameChecksum.Of(Header, damaged);
                    words[first] ^= 1UL << bit;
                    words[second] ^= 1UL << bit;
                    Assert.NotEqual(from, FrameChecksum.Of(Header, damaged));
                }
            }
        }

        Assert.Equal(before, FrameChecksum.Of(Header, payload));
    }

    [Fact]
    public void A_bit_that_is_stuck_shows() => Gen.Select(Gen.Byte.Array[64 * 16], Gen.Int[0, 511]).Sample((payload, bit) =>
    {
        var stuck = payload.ToArray();
        for (var run = 0; run < 16; run++)
        {
            stuck[(64 * run) + (bit / 8)] |= (byte)(1 << (bit % 8));
        }

        Assert.Equal(payload.SequenceEqual(stuck), FrameChecksum.Of(Header, payload) == FrameChecksum.Of(Header, stuck));
    });

    [Fact]
    public void Any_damage_to_the_header_shows()
    {
        var before = FrameChecksum.Of(Header, [1, 2, 3]);
        for (var bit = 0; bit < FrameHeader.Size * 8; bit++)
        {
            FrameHeader[] damaged = [Header];
            MemoryMarshal.AsBytes(damaged.AsSpan())[bit / 8] ^= (byte)(1 << (bit % 8));
            var same = damaged[0].Checksum != Header.Checksum; // its own place does not count
            Assert.Equal(same, before == FrameChecksum.Of(damaged[0], [1, 2, 3]));
        }
    }

    // Words of one lane, so that the plain sum stays as it was.
    [Fact]
    public void Runs_that_change_places_show() => Gen.Select(Gen.Byte.Array[64], Gen.Byte.Array[64], Gen.Int[0, 5]).Sample((one, other, between) =>
    {
        var gap = new byte[64 * between];
        Assert.Equal(
            one.SequenceEqual(other),
            FrameChecksum.Of(Header, [.. one, .. gap, .. other]) == FrameChecksum.Of(Header, [.. other, .. gap, .. one]));
    });

    [Fact]
    public void Bytes_that_are_missing_show() => Payloads.Sample(payload =>
        Assert.NotEqual(FrameChecksum.Of(Header, payload), FrameChecksum.Of(Header, payload.AsSpan(..^1))));

    [Fact]
    public void Zeros_of_another_length_show() =>
        Assert.NotEqual(FrameChecksum.Of(Header with { Length = 64 }, new byte[64]), FrameChecksum.Of(Header with { Length = 128 }, new byte[128]));

    private static ulong ByDefinition(FrameHeader header, byte[] payload)
    {
        var sums = new ulong[4, 8]; // as they are, running, swapped, swapped and running
        var runs = payload.Length / 64;
        foreach (var (word, i) in MemoryMarshal.Cast<byte, ulong>(payload.AsSpan(0, runs * 64)).ToArray().Select((word, i) => (word, i % 8)))
        {
            sums[1, i] += sums[0, i] += word;
            sums[3, i] += sums[2, i] += BitOperations.RotateLeft(word, 32);
        }

        return XxHash3.HashToUInt64(
        [
            .. MemoryMarshal.AsBytes<FrameHeader>(new[] { header }),
            .. MemoryMarshal.AsBytes(sums.Cast<ulong>().ToArray().AsSpan()),
            .. payload[(runs * 64)..],
        ]);
    }
}
