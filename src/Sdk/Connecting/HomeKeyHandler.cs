using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Granary.Contracts;

namespace Granary.Sdk.Connecting;

/// <summary>The key of a home, for an address of this machine.</summary>
/// <param name="Home">The home.</param>
/// <param name="Text">The key.</param>
internal sealed record HomeKey(string Home, string Text)
{
    /// <summary>Without the key.</summary>
    public override string ToString() => Home;
}

/// <summary>Shows the key of a home, and only to silos of that home: whoever answers at the address may be another user's program. On each connection the other end first has
/// to show that it has the key; one that does not is asked without it.</summary>
internal sealed class HomeKeyHandler : DelegatingHandler
{
    private const int LongestAnswer = 16 << 10;
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(5);

    private readonly AuthenticationHeaderValue _header;
    private readonly HttpMessageInvoker _plain;

    /// <param name="key">The key.</param>
    /// <param name="url">The address.</param>
    /// <param name="dial">Makes connections.</param>
    /// <param name="handler">Makes what sends over connections of one kind.</param>
    public HomeKeyHandler(HomeKey key, Uri url, HttpDial dial, Func<Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>>, SocketsHttpHandler> handler)
        : base(handler(async (context, cancellation) => await Proven(await dial.Connect(context.DnsEndPoint, cancellation), KeyProof.Of(key.Text), url, cancellation)))
    {
        _header = new AuthenticationHeaderValue("Bearer", key.Text);
        _plain = new HttpMessageInvoker(handler(async (context, cancellation) => await dial.Connect(context.DnsEndPoint, cancellation)));
    }

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            request.Headers.Authorization = _header;
            return await base.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException e) when (IsUnproven(e))
        {
            request.Headers.Authorization = null; // nothing was sent
            return await _plain.SendAsync(request, cancellationToken);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _plain.Dispose();
        }

        base.Dispose(disposing);
    }

    private static bool IsUnproven(Exception? error) => error is UnprovenException || (error is not null && IsUnproven(error.InnerException));

    // The same connection, once the other end has shown that it has the key.
    private static async Task<Stream> Proven(NetworkStream stream, KeyProof proof, Uri url, CancellationToken cancellation)
    {
        try
        {
            using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            time.CancelAfter(AnswerTime);
            var nonce = KeyProof.NewNonce();
            var place = (IPEndPoint)stream.Socket.RemoteEndPoint!;
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {KeyProof.Path}?nonce={nonce} HTTP/1.1\r\nHost: {url.Authority}\r\n\r\n"), time.Token);
            return proof.Holds(Answered(await Head(stream, time.Token)), nonce, place) ? stream : throw new UnprovenException();
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            await stream.DisposeAsync();
            throw new IOException($"{url.Authority} does not answer.", e);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    // What is there up to the empty line. An answer that has a proof has no body, so that the connection is as new after it.
    private static async Task<string> Head(NetworkStream stream, CancellationToken cancellation)
    {
        var (text, buffer) = (new StringBuilder(), new byte[1024]);
        while (text.Length < LongestAnswer)
        {
            var count = await stream.ReadAsync(buffer, cancellation);
            if (count == 0)
            {
                throw new IOException("the connection was closed.");
            }

            text.Append(Encoding.ASCII.GetString(buffer, 0, count));
            var read = text.ToString();
            if (read.IndexOf("\r\n\r\n", StringComparison.Ordinal) is >= 0 and var end)
            {
                return end + 4 == read.Length ? read : throw new UnprovenException();
            }
        }

        throw new UnprovenException();
    }

    private static string Answered(string head)
    {
        var lines = head.Split("\r\n");
        return lines[0].StartsWith("HTTP/1.1 204", StringComparison.Ordinal)
            && lines.FirstOrDefault(l => l.StartsWith(KeyProof.Header + ":", StringComparison.OrdinalIgnoreCase)) is { } line
            ? line[(KeyProof.Header.Length + 1)..].Trim()
            : "";
    }

    private sealed class UnprovenException() : Exception("the other end has not shown that it has the key of the home.");
}
