using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Granary.Contracts.Certificates;

namespace Granary.Grains.Channel;

/// <summary>
/// An encrypted connection between silos, both of which show a certificate of the cluster's CA. The thread that drives it encrypts and
/// decrypts: no other thread, and none of the pool, has to do with it (<see cref="SocketStream"/>). Four records of 16 KB go out by one call, as 64 KB
/// do without TLS; no more than that is held each way, plain and encrypted.
/// </summary>
internal sealed unsafe class TlsWire : Wire
{
    private const int BatchBytes = 4 * 16 * 1024; // full records: RFC 8446, 5.1

    private readonly SocketStream _bytes;
    private readonly SslStream _tls;
    private readonly byte[] _sending = new byte[BatchBytes];
    private readonly byte[] _received = new byte[BatchBytes];
    private int _writing; // bytes that are encrypted and not all sent; 0: none are
    private ValueTask<int> _read;
    private bool _reading;
    private bool _closed;
    private int _at;
    private int _end;

    private TlsWire(Socket socket)
        : base(socket)
    {
        _bytes = new SocketStream(socket);
        _tls = new SslStream(_bytes, leaveInnerStreamOpen: true);
    }

    /// <summary>The handshake of the silo that is called.</summary>
    /// <param name="socket">The connection, which stays the caller's where this fails.</param>
    /// <param name="certificates">What this silo shows, and whom it trusts.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="IOException">The peer is not let in: why.</exception>
    public static TlsWire Accept(Socket socket, ClusterCertificates certificates, CancellationToken cancellation) =>
        Shake(socket, cancellation, (tls, check) => tls.AuthenticateAsServer(certificates.Accepting(check)));

    /// <summary>The handshake of the silo that calls.</summary>
    /// <inheritdoc cref="Accept" path="/param"/>
    /// <inheritdoc cref="Accept" path="/exception"/>
    public static TlsWire Call(Socket socket, ClusterCertificates certificates, CancellationToken cancellation) =>
        Shake(socket, cancellation, (tls, check) => tls.AuthenticateAsClient(certificates.Calling(check)));

    private static TlsWire Shake(Socket socket, CancellationToken cancellation, Action<SslStream, PeerCheck> shake)
    {
        var check = new PeerCheck(PeerRole.Silo);
        var wire = new TlsWire(socket);
        wire._bytes.Patience = cancellation;
        try
        {
            shake(wire._tls, check);
            return wire;
        }
        catch (Exception e) when (e is AuthenticationException or IOException or SocketException or InvalidOperationException)
        {
            wire._tls.Dispose();
            throw new IOException(HandshakeFailure.Of(e, check, HandshakeFailure.FirstByte), e);
        }
        catch
        {
            wire._tls.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override void Say(ReadOnlySpan<byte> message) => _tls.Write(message);

    /// <inheritdoc/>
    public override int Hear(Span<byte> buffer, CancellationToken cancellation)
    {
        _bytes.Patience = cancellation;
        try
        {
            return _tls.Read(buffer);
        }
        catch (IOException e) when (e.InnerException is OperationCanceledException)
        {
            throw new OperationCanceledException(cancellation);
        }
    }

    /// <inheritdoc/>
    public override int Send(void* first, int firstLength, void* second, int secondLength, out SocketError error)
    {
        if (_writing == 0)
        {
            var begin = Math.Min(firstLength, BatchBytes);
            var rest = Math.Min(secondLength, BatchBytes - begin);
            new ReadOnlySpan<byte>(first, begin).CopyTo(_sending);
            new ReadOnlySpan<byte>(second, rest).CopyTo(_sending.AsSpan(begin));
            _writing = begin + rest;
            error = Encrypt();
            if (error != SocketError.Success)
            {
                return 0;
            }
        }

        if (!_bytes.TryFlush(out error) || error != SocketError.Success)
        {
            return 0;
        }

        var sent = _writing;
        _writing = 0;
        return sent;
    }

    /// <inheritdoc/>
    public override int Receive(void* first, int firstLength, void* second, int secondLength, out SocketError error)
    {
        error = SocketError.Success;
        if (_at == _end && !_closed)
        {
            if (_reading)
            {
                _bytes.GoOnReading();
            }
            else
            {
                _read = _tls.ReadAsync(_received);
                _reading = true;
            }

            if (!_read.IsCompleted)
            {
                error = SocketError.WouldBlock;
                return 0;
            }

            (_reading, _at, _end) = (false, 0, 0);
            error = EndOfRead();
            _closed = _end == 0;
            if (_writing == 0)
            {
                _bytes.TryFlush(out _); // an alert, or new keys, which reading has answered with; a connection that is broken is seen by the next call
            }
        }

        var begin = Math.Min(firstLength, _end - _at);
        var rest = Math.Min(secondLength, _end - _at - begin);
        _received.AsSpan(_at, begin).CopyTo(new Span<byte>(first, begin));
        _received.AsSpan(_at + begin, rest).CopyTo(new Span<byte>(second, rest));
        _at += begin + rest;
        return begin + rest;
    }

    private SocketError Encrypt()
    {
        try
        {
            // The stream below takes everything at once, so that this has ended: nothing is negotiated anew that it could wait for.
            var written = _tls.WriteAsync(_sending.AsMemory(0, _writing));
            if (!written.IsCompleted)
            {
                return SocketError.ConnectionReset;
            }

            written.GetAwaiter().GetResult();
            return SocketError.Success;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return Cause(e);
        }
    }

    private SocketError EndOfRead()
    {
        try
        {
            _end = _read.GetAwaiter().GetResult();
            return SocketError.Success;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return Cause(e);
        }
    }

    // A record that was changed on its way ends the connection as one that broke does.
    private static SocketError Cause(Exception e) => e.GetBaseException() is SocketException { SocketErrorCode: var code } ? code : SocketError.ConnectionReset;

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _tls.Dispose();
    }
}
