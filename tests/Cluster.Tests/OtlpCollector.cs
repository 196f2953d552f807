using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Granary.Cluster.Tests;

/// <summary>A span as a collector receives it; ids in hex, the parent's empty for a root.</summary>
internal sealed record ReceivedSpan(string Trace, string Id, string Parent, string Name);

/// <summary>A collector for OTLP over HTTP: reads of each request what the tests look at, and keeps that.</summary>
internal sealed class OtlpCollector : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly int _answer;
    private readonly Task _work;

    /// <param name="answer">The status of every answer.</param>
    public OtlpCollector(int answer = 200)
    {
        _answer = answer;
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Endpoint = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}";
        }

        _listener.Prefixes.Add(Endpoint + "/");
        _listener.Start();
        _work = Task.Run(Listen);
    }

    public string Endpoint { get; }

    public ConcurrentQueue<ReceivedSpan> Spans { get; } = new();

    public int MetricRequests { get; private set; }

    public int Requests { get; private set; }

    private async Task Listen()
    {
        while (_listener.IsListening)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                Requests++;
                switch (context.Request.Url!.AbsolutePath)
                {
                    case "/v1/traces":
                        Take(body.ToArray());
                        break;
                    case "/v1/metrics":
                        MetricRequests++;
                        break;
                }

                context.Response.StatusCode = _answer;
                context.Response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    // ExportTraceServiceRequest { 1 resource_spans { 2 scope_spans { 2 spans { 1 trace_id, 2 span_id, 4 parent_span_id, 5 name } } } }
    private void Take(byte[] request)
    {
        foreach (var resource in Fields(request).Where(f => f.Number == 1))
        {
            foreach (var scope in Fields(resource.Value).Where(f => f.Number == 2))
            {
                foreach (var span in Fields(scope.Value).Where(f => f.Number == 2))
                {
                    var fields = Fields(span.Value).Where(f => f.Number is 1 or 2 or 4 or 5).ToDictionary(f => f.Number, f => f.Value);
                    string Hex(int number) => fields.TryGetValue(number, out var id) ? Convert.ToHexStringLower(id) : "";
                    Spans.Enqueue(new ReceivedSpan(Hex(1), Hex(2), Hex(4), System.Text.Encoding.UTF8.GetString(fields[5])));
                }
            }
        }
    }

    // The length-delimited fields of a protobuf message; the others are passed over.
    private static List<(int Number, byte[] Value)> Fields(byte[] message)
    {
        var (at, fields) = (0, new List<(int, byte[])>());
        ulong Varint()
        {
            var value = 0ul;
            for (var shift = 0; ; shift += 7)
            {
                var next = message[at++];
                value |= (ulong)(next & 0x7f) << shift;
                if (next < 0x80)
                {
                    return value;
                }
            }
        }

        while (at < message.Length)
        {
            var key = Varint();
            switch (key & 7)
            {
                case 0:
                    Varint();
                    break;
                case 1:
                    at += 8;
                    break;
                case 2:
                    var length = (int)Varint();
                    fields.Add(((int)(key >> 3), message[at..(at + length)]));
                    at += length;
                    break;
                case 5:
                    at += 4;
                    break;
                default:
                    throw new InvalidDataException($"wire type {key & 7}");
            }
        }

        return fields;
    }

    public void Dispose()
    {
        _listener.Close();
        _work.Wait();
    }
}
