using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granary.Grains.Channel;

/// <summary>The first thing said on a tensor connection: who dials, and for what. Said by calls that wait, and never
/// asynchronously: see <see cref="SocketWait"/>.</summary>
/// <param name="Cluster">The cluster both belong to.</param>
/// <param name="Job">The job.</param>
/// <param name="Generation">The generation.</param>
/// <param name="From">Place of the dialling member.</param>
/// <param name="To">Place of the listening member.</param>
/// <param name="Platform">What the dialling silo computes on: see <see cref="SiloIdentity.Platform"/>.</param>
/// <param name="Codec">Name of the codec of its blocks; null: the identity.</param>
internal sealed record Handshake(string Cluster, string Job, long Generation, int From, int To, string Platform, string? Codec = null)
{
    internal const ulong Magic = 0x34_59_52_41_4e_41_52_47; // "GRANARY4"
    private const int MaxBytes = 2048;

    /// <summary>The handshake of one who only asks whether the member is reached: it is answered, and the connection ends.</summary>
    public static Handshake Question(string cluster, string platform, string codec) => new(cluster, "", 0, 0, 0, platform, codec);

    /// <summary>Whether no more is wanted than an answer.</summary>
    [JsonIgnore]
    public bool IsQuestion => Job.Length == 0;

    /// <summary>Says who we are and waits for the answer.</summary>
    /// <exception cref="IOException">Refused, with the peer's reason, or the connection broke.</exception>
    public void Offer(Wire wire, CancellationToken cancellation)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(this);
        var message = new byte[12 + body.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(message, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(8), body.Length);
        body.CopyTo(message, 12);
        wire.Say(message);
        var answer = ReadExactly(wire, 4, cancellation);
        var length = BinaryPrimitives.ReadInt32LittleEndian(answer);
        if (length is < 0 or > MaxBytes)
        {
            throw new IOException("the peer's answer is no handshake");
        }

        if (length > 0)
        {
            throw new IOException(Encoding.UTF8.GetString(ReadExactly(wire, length, cancellation)));
        }
    }

    /// <summary>Reads what a dialling peer says. Null when it is no handshake of ours.</summary>
    public static Handshake? Read(Wire wire, CancellationToken cancellation)
    {
        var head = ReadExactly(wire, 12, cancellation);
        var length = BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(8));
        if (BinaryPrimitives.ReadUInt64LittleEndian(head) != Magic || length is <= 0 or > MaxBytes)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<Handshake>(ReadExactly(wire, length, cancellation));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Accepts, or refuses with a reason.</summary>
    public static void Answer(Wire wire, string? refusal)
    {
        var reason = Encoding.UTF8.GetBytes(refusal ?? "");
        var message = new byte[4 + reason.Length];
        BinaryPrimitives.WriteInt32LittleEndian(message, reason.Length);
        reason.CopyTo(message, 4);
        wire.Say(message);
    }

    private static byte[] ReadExactly(Wire wire, int count, CancellationToken cancellation)
    {
        var buffer = new byte[count];
        for (var at = 0; at < count;)
        {
            var got = wire.Hear(buffer.AsSpan(at), cancellation);
            if (got == 0)
            {
                throw new IOException("the peer closed the connection during the handshake");
            }

            at += got;
        }

        return buffer;
    }
}
