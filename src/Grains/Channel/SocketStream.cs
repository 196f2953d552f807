using System.Buffers;
using System.Net.Sockets;
using Granary.Contracts.Certificates;

namespace Granary.Grains.Channel;

/// <summary>
/// A socket as the stream that <see cref="System.Net.Security.SslStream"/> encrypts for. Its synchronous calls wait, for the handshake. Its asynchronous
/// ones never do, and no other thread ever completes them. A read of what has not come in yet is left open until <see cref="GoOnReading"/>, which the
/// thread that drives the connection calls, and everything that follows (decrypting) happens within it. What is written is gathered until
/// <see cref="TryFlush"/>: several records go out by one call.
/// </summary>
/// <param name="socket">Blocking during the handshake, non-blocking afterwards.</param>
internal sealed class SocketStream(Socket socket) : ConnectionStream
{
    private readonly OpenCall _reading = new();
    private readonly ArrayBufferWriter<byte> _written = new();
    private Memory<byte> _into;
    private int _flushed; // of what is written

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

    /// <summary>Sends what asynchronous calls have written, as far as the socket takes it. True: all of it is on its way, or the connection is broken.</summary>
    public bool TryFlush(out SocketError error)
    {
        error = SocketError.Success;
        while (_flushed < _written.WrittenCount)
        {
            var sent = socket.Send(_written.WrittenSpan[_flushed..], SocketFlags.None, out error);
            if (error != SocketError.Success)
            {
                return error != SocketError.WouldBlock;
            }

            _flushed += sent;
        }

        _written.ResetWrittenCount();
        _flushed = 0;
        return true;
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
            return _reading.Open();
        }

        return error is null ? new ValueTask<int>(got) : ValueTask.FromException<int>(error);
    }

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _written.Write(buffer.Span);
        return ValueTask.CompletedTask;
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
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            buffer = buffer[socket.Send(buffer)..];
        }
    }

    // False: nothing is there now.
    private bool TryReceive(Span<byte> buffer, out int got, out IOException? error)
    {
        got = socket.Receive(buffer, SocketFlags.None, out var result);
        error = result is SocketError.Success or SocketError.WouldBlock ? null : Broken(result);
        return result != SocketError.WouldBlock;
    }

    private static IOException Broken(SocketError error) => new(error.ToString(), new SocketException((int)error));

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
