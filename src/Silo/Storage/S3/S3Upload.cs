using System.IO.Hashing;

namespace Granary.Silo.Storage.S3;

/// <summary>Writes an object: what fits into one piece with one request, what is longer piece by piece, with one piece in memory at a time. There is no such
/// object before <see cref="Complete"/>.</summary>
/// <param name="objects">Where it goes.</param>
/// <param name="key">The object.</param>
/// <param name="ifNew">Whether one of that name stays; else it is replaced.</param>
/// <param name="patient">Makes each request again that is not answered; null: it is made once.</param>
internal sealed class S3Upload(S3Objects objects, string key, bool ifNew = true, S3Patience? patient = null) : Stream
{
    /// <summary>Bytes of a piece. S3 takes 10,000 pieces of an object, each but the last of 5 MiB or more.</summary>
    public const int PieceBytes = 16 << 20;

    private const int MostPieces = 10_000;

    private readonly MemoryStream _piece = new();
    private readonly XxHash128 _hash = new();
    private readonly List<string> _tags = [];
    private long _length;
    private string? _upload;

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => _length;

    /// <inheritdoc/>
    public override long Position { get => _length; set => throw new NotSupportedException(); }

    /// <summary>XXH3 (128 bits) of what has been written.</summary>
    public byte[] Hash => _hash.GetCurrentHash();

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        _hash.Append(buffer);
        _length += buffer.Length;
        while (buffer.Length > 0)
        {
            if (_piece.Length == PieceBytes)
            {
                Send();
            }

            var fits = (int)Math.Min(buffer.Length, PieceBytes - _piece.Length);
            _piece.Write(buffer[..fits]);
            buffer = buffer[fits..];
        }
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    private void Send()
    {
        if (_tags.Count == MostPieces)
        {
            throw new IOException($"{key} is longer than {MostPieces * (long)PieceBytes >> 30} GiB, the longest that can be written in pieces of {PieceBytes >> 20} MiB");
        }

        _upload ??= Ask(() => objects.Begin(key));
        _tags.Add(Ask(() => objects.PutPiece(key, _upload, _tags.Count + 1, _piece)));
        _piece.SetLength(0);
    }

    /// <summary>Makes the object of what has been written. Returns false where there is one of that name already, which may be this one: the answer to an earlier try
    /// may have been lost.</summary>
    public bool Complete()
    {
        if (_upload is null)
        {
            return Ask(() => objects.Put(key, _piece, ifNew));
        }

        Send();
        if (!Ask(() => objects.End(key, _upload, _tags, ifNew)))
        {
            return false;
        }

        _upload = null;
        return true;
    }

    private T Ask<T>(Func<T> request) => patient is null ? request() : patient.Ask(request);

    /// <summary>Has the pieces removed that have been sent, if the store can be asked; a bucket's own rule for unfinished uploads removes the others.</summary>
    public void Abandon()
    {
        try
        {
            if (_upload is { } upload)
            {
                objects.Abandon(key, upload);
            }
        }
        catch (Grains.Checkpoints.StoreUnavailableException)
        {
            // They are in the way of nothing.
        }
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _piece.Dispose();
        base.Dispose(disposing);
    }
}
