using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Granary.Testing;

/// <summary>A server of HTTP that answers as a test says, and remembers every byte that it has heard.</summary>
internal sealed class PlainServer : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly Func<string, NetworkStream, Task> _answer;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _accepting;

    /// <param name="answer">Answers a request, whose head it is given, over the connection.</param>
    /// <param name="place">Where it listens; any port of 127.0.0.1 if left out.</param>
    public PlainServer(Func<string, NetworkStream, Task> answer, IPEndPoint? place = null)
    {
        _answer = answer;
        _listener = new TcpListener(place ?? new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Start();
        _accepting = Accept();
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Place => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>The same as an address.</summary>
    public Uri Url => new($"http://{Place}");

    /// <summary>What it has heard, a request with its head and its body each.</summary>
    public ConcurrentQueue<string> Heard { get; } = [];

    /// <summary>Sends an answer.</summary>
    public static Task Say(NetworkStream to, string status, string body = "", string headers = "") => to.WriteAsync(Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"HTTP/1.1 {status}\r\n{headers}{(status.StartsWith("204", StringComparison.Ordinal) ? "" : $"Content-Length: {body.Length}\r\n")}\r\n{body}"))).AsTask();

    private async Task Accept()
    {
        var served = new List<Task>();
        try
        {
            while (true)
            {
                served.Add(Serve(await _listener.AcceptSocketAsync(_end.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException or InvalidOperationException) // the last: it was ended between two connections
        {
            await Task.WhenAll(served);
        }
    }

    private async Task Serve(Socket client)
    {
        await using var stream = new NetworkStream(client, ownsSocket: true);
        var (text, chunk) = ("", new byte[8192]);
        try
        {
            while (true)
            {
                while (Length(text) is not { } whole || text.Length < whole)
                {
                    var count = await stream.ReadAsync(chunk, _end.Token);
                    if (count == 0)
                    {
                        Heard.Enqueue(text);
                        return;
                    }

                    text += Encoding.Latin1.GetString(chunk, 0, count);
                    if (text.Contains("\r\n\r\n", StringComparison.Ordinal) && text.Contains("100-continue", StringComparison.Ordinal) && text.EndsWith("\r\n\r\n", StringComparison.Ordinal))
                    {
                        await stream.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray(), _end.Token);
                    }
                }

                Heard.Enqueue(text[..Length(text)!.Value]);
                await _answer(text[..text.IndexOf("\r\n\r\n", StringComparison.Ordinal)], stream).WaitAsync(_end.Token);
                text = text[Length(text)!.Value..];
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The other end has gone, or the test is over.
        }
    }

    // Characters of the request that the text begins with; null: its head is not whole yet.
    private static int? Length(string text) => text.IndexOf("\r\n\r\n", StringComparison.Ordinal) is >= 0 and var end
        ? end + 4 + int.Parse(
            text[..end].Split("\r\n").FirstOrDefault(l => l.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase))?[16..] ?? "0", CultureInfo.InvariantCulture)
        : null;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _end.Dispose();
    }
}
