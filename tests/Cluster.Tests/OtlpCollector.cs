using System.Collections.Concurrent;
using System.Net;

namespace Granary.Cluster.Tests;

/// <summary>A span as a collector receives it; ids in hex, the parent's empty for a root; times in ns since 1970; spans that it has links to.</summary>
internal sealed record ReceivedSpan(string Trace, string Id, string Parent, string Name, string Silo, ulong Began, ulong Ended, IReadOnlyList<string> Links);

/// <summary>A collector for OTLP over HTTP: reads of each request what the tests look at, and keeps that.</summary>
internal sealed class OtlpCollector : IDisposable
{
    private readonly HeldPort _port = new();
    private readonly HttpListener _listener = new();
    private readonly int _answer;
    private readonly Task _work;

    /// <param name="answer">The status of every answer.</param>
    public OtlpCollector(int answer = 200)
    {
        _answer = answer;
        _listener.Prefixes.Add(Endpoint + "/");
        _listener.Start();
        _work = Task.Run(Listen);
    }

    public string Endpoint => "http://" + _port.Address;

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

    // ExportTraceServiceRequest { 1 resource_spans { 1 resource { 1 attributes { 1 key, 2 value { 1 string } } }, 2 scope_spans { 2 spans {
    // 1 trace_id, 2 span_id, 4 parent_span_id, 5 name, 7 start, 8 end, 13 links { 2 span_id } } } } }
    private void Take(byte[] request)
    {
        foreach (var resource in Fields(request).Where(f => f.Number == 1).Select(f => Fields(f.Value)))
        {
            var attributes = Fields(resource.First(f => f.Number == 1).Value).Where(f => f.Number == 1).Select(f => Fields(f.Value));
            var silo = Text(Fields(attributes.First(a => Text(a.First(f => f.Number == 1).Value) == "service.instance.id").First(f => f.Number == 2).Value)[0].Value);
            foreach (var span in resource.Where(f => f.Number == 2).SelectMany(s => Fields(s.Value)).Where(f => f.Number == 2).Select(f => Fields(f.Value)))
            {
                byte[]? Of(int number) => span.Where(f => f.Number == number).Select(f => f.Value).FirstOrDefault();
                string Hex(int number) => Convert.ToHexStringLower(Of(number) ?? []);
                Spans.Enqueue(new ReceivedSpan(
                    Hex(1), Hex(2), Hex(4), Text(Of(5)!), silo, BitConverter.ToUInt64(Of(7)!), BitConverter.ToUInt64(Of(8)!),
                    [.. span.Where(f => f.Number == 13).Select(l => Convert.ToHexStringLower(Fields(l.Value).First(f => f.Number == 2).Value))]));
            }
        }
    }

    private static string Text(byte[] utf8) => System.Text.Encoding.UTF8.GetString(utf8);

    // The length-delimited and the eight-byte fields of a protobuf message; the others are passed over.
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
                    fields.Add(((int)(key >> 3), message[at..(at + 8)]));
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
        _port.Dispose();
    }
}
