using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Connections;

namespace Granary.Contracts.Certificates;

/// <summary>TLS for what is built of connections: Orleans' silos, gateways and clients, and the HTTP server. Each handshake reads the
/// certificates that there are then; so many are in progress at once, and each has little time; nothing is sent before it.</summary>
/// <param name="certificates">What this end shows, and whom it trusts.</param>
/// <param name="refused">Gets whoever is refused; null: nobody is told.</param>
public sealed class TlsConnections(ClusterCertificates certificates, RefusalLog? refused)
{
    private const int RecordBytes = 16 * 1024; // RFC 8446, 5.1

    private static readonly TimeSpan HandshakeTime = TimeSpan.FromSeconds(5);

    private readonly HandshakeRoom _room = new();

    /// <summary>Goes before what serves connections that come in.</summary>
    /// <param name="role">Who may call.</param>
    /// <param name="next">Serves them.</param>
    public ConnectionDelegate Accept(PeerRole role, ConnectionDelegate next) => connection => Accept(connection, role, next);

    /// <summary>Goes before what uses connections that were made to silos.</summary>
    /// <param name="next">Uses them.</param>
    public ConnectionDelegate Call(ConnectionDelegate next) => connection => Call(connection, next);

    /// <summary>Goes before what serves connections that come in where there is no TLS, and says so to the log where somebody begins it.</summary>
    /// <param name="refused">Gets them.</param>
    /// <param name="next">Serves the others.</param>
    public static ConnectionDelegate WithoutTls(RefusalLog refused, ConnectionDelegate next) => async connection =>
    {
        var read = await connection.Transport.Input.ReadAsync(connection.ConnectionClosed);
        var begins = read.Buffer.FirstSpan is [HandshakeFailure.FirstByte, ..];
        connection.Transport.Input.AdvanceTo(read.Buffer.Start); // nothing has been taken: the next read has it again
        if (begins)
        {
            refused.Tell(connection.RemoteEndPoint, HandshakeFailure.TlsOnPlainPort);
            connection.Abort();
            return;
        }

        await next(connection);
    };

    private async Task Accept(ConnectionContext connection, PeerRole role, ConnectionDelegate next)
    {
        var check = new PeerCheck(role);
        var bytes = new PipeStream(connection.Transport);
        await using var tls = new SslStream(bytes, leaveInnerStreamOpen: true);
        using (var time = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed))
        {
            time.CancelAfter(HandshakeTime);
            var seat = _room.Enter((connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None, () => Cancel(time));
            try
            {
                await tls.AuthenticateAsServerAsync(certificates.Accepting(check), time.Token);
            }
            catch (Exception e) when (IsTroubleOfConnections(e))
            {
                refused?.Tell(connection.RemoteEndPoint, HandshakeFailure.Of(e, check, bytes.First));
                connection.Abort();
                return;
            }
            finally
            {
                _room.Leave(seat);
            }
        }

        await Use(connection, tls, next);
    }

    private async Task Call(ConnectionContext connection, ConnectionDelegate next)
    {
        var check = new PeerCheck(PeerRole.Silo);
        var bytes = new PipeStream(connection.Transport);
        await using var tls = new SslStream(bytes, leaveInnerStreamOpen: true);
        using (var time = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed))
        {
            time.CancelAfter(HandshakeTime);
            try
            {
                await tls.AuthenticateAsClientAsync(certificates.Calling(check), time.Token);
            }
            catch (Exception e) when (IsTroubleOfConnections(e))
            {
                var why = HandshakeFailure.Of(e, check, bytes.First);
                refused?.Tell(connection.RemoteEndPoint, why);
                throw new IOException(why, e);
            }
        }

        await Use(connection, tls, next);
    }

    private static async Task Use(ConnectionContext connection, SslStream tls, ConnectionDelegate next)
    {
        var encrypted = connection.Transport;
        var plain = new Pipes(
            PipeReader.Create(tls, new StreamPipeReaderOptions(bufferSize: RecordBytes, leaveOpen: true)), PipeWriter.Create(tls, new StreamPipeWriterOptions(leaveOpen: true)));
        connection.Transport = plain;
        try
        {
            await next(connection);
        }
        finally
        {
            await Complete(plain);
            connection.Transport = encrypted;
        }
    }

    // What has not been sent yet cannot be, where the connection is gone.
    private static async Task Complete(Pipes plain)
    {
        await plain.Input.CompleteAsync();
        try
        {
            await plain.Output.CompleteAsync();
        }
        catch (Exception e) when (IsTroubleOfConnections(e))
        {
        }
    }

    private static bool IsTroubleOfConnections(Exception e) =>
        e is AuthenticationException or IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException or System.Net.Sockets.SocketException;

    private static void Cancel(CancellationTokenSource time)
    {
        try
        {
            _ = time.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The handshake has just ended.
        }
    }

    private sealed class Pipes(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
