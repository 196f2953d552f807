using System.Net.Sockets;

namespace Granary.Grains.Channel;

/// <summary>
/// A socket as the stream that <see cref="System.Net.Security.SslStream"/> encrypts for. Its synchronous calls wait, for the handshake. Its asynchronous
/// ones never do, and no other thread ever completes them: what the socket does not take or give at once is left open until
/// <see cref="GoOnReading"/> and <see cref="GoOnWriting"/>, which the thread that drives the connection calls, and everything that follows from
/// a completed call (decrypting, encrypting the next record) happens within them.
/// </summary>
/// <param name="socket">Blocking during the handshake, non-blocking afterwards.</param>
internal sealed class SocketStream(Socket socket) : Stream
{
    private readonly OpenCall _reading = new();
    private readonly OpenCall _writing = new();
    private Memory<byte> _into;
    private ReadOnlyMemory<byte> _from;

    /// <summary>Ends the waiting of synchronous calls.</summary>
    public CancellationToken Patience { get; set; }

    /// <summary>Completes an open read if something has come in.</summary>
    public void GoOnReading()
    {
        if (_reading.IsOpen && TryReceive(_into.Span, out var got, out var error))
        {
            _reading.Complete(got, error);
        }
    }

    /// <summary>Completes an open write if the socket takes the rest of it.</summary>
    public void GoOnWriting()
    {
        if (_writing.IsOpen && TrySend(ref _from, out var error))
        {
            _writing.Complete(0, error);
        }
    }

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            return new ValueTask<int>(0); // a way to ask for data without holding memory: the next call says whether there is any
        }

        if (!TryReceive(buffer.Span, out var got, out var error))
        {
            _into = buffer;
            return _reading.OpenForResult();
        }

        return error is null ? new ValueTask<int>(got) : ValueTask.FromException<int>(error);
    }

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var rest = buffer;
        if (!TrySend(ref rest, out var error))
        {
            _from = rest;
            return _writing.Open();
        }

        return error is null ? ValueTask.CompletedTask : ValueTask.FromException(error);
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        SocketWait.ForData(socket, Patience);
        return socket.Receive(buffer);
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            buffer = buffer[socket.Send(buffer)..];
        }
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    // False: nothing is there now.
    private bool TryReceive(Span<byte> buffer, out int got, out IOException? error)
    {
        got = socket.Receive(buffer, SocketFlags.None, out var result);
        error = result is SocketError.Success or SocketError.WouldBlock ? null : Broken(result);
        return result != SocketError.WouldBlock;
    }

    // False: a rest is left.
    private bool TrySend(ref ReadOnlyMemory<byte> rest, out IOException? error)
    {
        error = null;
        while (!rest.IsEmpty)
        {
            var sent = socket.Send(rest.Span, SocketFlags.None, out var result);
            if (result == SocketError.WouldBlock)
            {
                return false;
            }

            if (result != SocketError.Success)
            {
                error = Broken(result);
                return true;
            }

            rest = rest[sent..];
        }

        return true;
    }

    private static IOException Broken(SocketError error) => new(error.ToString(), new SocketException((int)error));

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();
}
