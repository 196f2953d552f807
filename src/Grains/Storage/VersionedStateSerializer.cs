using Granary.Jobs;
using Orleans.Storage;

namespace Granary.Grains.Storage;

/// <summary>
/// What grains keep in the store begins with a mark and the number of its format, so that no build misreads what a later one has written.
/// Builds before the first number wrote no mark, and what they wrote is read as it is: it cannot begin as the mark does, because Orleans'
/// serializer gives what it writes the field number 0, and the mark's first byte would stand for another.
/// </summary>
/// <param name="inner">Serializes what comes after the mark. It tolerates fields that are new or gone, so a format changes only where a field's meaning does.</param>
internal sealed class VersionedStateSerializer(IGrainStorageSerializer inner) : IGrainStorageSerializer
{
    /// <summary>The format that this build writes, and the latest that it reads.</summary>
    public const byte Format = 1;

    private static ReadOnlySpan<byte> Mark => "Granary state "u8;

    /// <inheritdoc/>
    public BinaryData Serialize<T>(T? input)
    {
        var body = inner.Serialize(input).ToMemory();
        var marked = new byte[Mark.Length + 1 + body.Length];
        Mark.CopyTo(marked);
        marked[Mark.Length] = Format;
        body.CopyTo(marked.AsMemory(Mark.Length + 1));
        return BinaryData.FromBytes(marked);
    }

    /// <inheritdoc/>
    /// <exception cref="JobException">A later build has written it.</exception>
    public T Deserialize<T>(BinaryData input)
    {
        var all = input.ToMemory();
        if (!all.Span.StartsWith(Mark) || all.Length == Mark.Length)
        {
            return inner.Deserialize<T>(input)!;
        }

        var format = all.Span[Mark.Length];
        return format <= Format ? inner.Deserialize<T>(BinaryData.FromBytes(all[(Mark.Length + 1)..]))!
            : throw new JobException(
                $"this cluster's stored state has format {format}, and this build of Granary reads formats up to {Format}: a later build has written it. "
                + "Start that build or a later one; or leave this state alone and start a cluster with another name and home.");
    }
}
