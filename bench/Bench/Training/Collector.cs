using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Granary.Bench.Training;

/// <summary>An OpenTelemetry collector that takes everything and keeps nothing.</summary>
internal sealed class Collector : IDisposable
{
    private const int Tries = 10; // a port that is free may be somebody else's a moment later
    private readonly HttpListener _listener;
    private readonly string _address;
    private int _received;

    public Collector()
    {
        (_listener, _address) = Listening();
        _ = Task.Run(Serve);
    }

    private static (HttpListener Listener, string Address) Listening()
    {
        for (var tried = 1; ; tried++)
        {
            var listener = new HttpListener();
            var address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort()}/");
            listener.Prefixes.Add(address);
            try
            {
                listener.Start();
                return (listener, address);
            }
            catch (HttpListenerException) when (tried < Tries)
            {
                listener.Close();
            }
        }
    }

    private static int FreePort()
    {
        using var free = new Socket(SocketType.Stream, ProtocolType.Tcp);
        free.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)free.LocalEndPoint!).Port;
    }

    /// <summary>How a silo finds it.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _address,
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "5000",
    };

    /// <summary>Exports so far.</summary>
    public int Received => _received;

    private async Task Serve()
    {
        while (_listener.IsListening)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                await context.Request.InputStream.CopyToAsync(Stream.Null);
                context.Response.StatusCode = 200;
                context.Response.ContentType = "application/x-protobuf";
                context.Response.Close();
                Interlocked.Increment(ref _received);
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => ((IDisposable)_listener).Dispose();
}
