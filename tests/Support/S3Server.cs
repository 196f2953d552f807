using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Xml.Linq;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Granary.Tests.Support;

/// <summary>A server that speaks as much of S3's REST protocol as is documented for what a store needs: objects, ranges, lists by pages, uploads in pieces, conditions.
/// It has one bucket, keeps it in memory, and can be made to fail. It shares no code with what is tested.</summary>
internal sealed class S3Server : IAsyncDisposable
{
    public const string Bucket = "granary";
    public const string KeyId = "AKIATEST";
    public const string Secret = "not-to-be-seen-anywhere";

    private static readonly XNamespace Names = "http://s3.amazonaws.com/doc/2006-03-01/";

    private readonly HeldPort _port = new();
    private readonly ConcurrentDictionary<string, S3PendingUpload> _uploads = new();
    private WebApplication? _web;
    private int _counter;
    private long _sent;

    private S3Server()
    {
    }

    /// <summary>By key.</summary>
    public ConcurrentDictionary<string, S3Object> Objects { get; } = new();

    /// <summary>Uploads that have not ended.</summary>
    public int Uploads => _uploads.Count;

    /// <summary>"METHOD key?query", in the order they came.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>What to do to a request, told "METHOD key?query".</summary>
    public Func<string, S3Fault> Fault { get; set; } = _ => S3Fault.None;

    /// <summary>Bytes of objects that it has sent.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>How many names a page of a list has.</summary>
    public int PageSize { get; set; } = 1000;

    /// <summary>Whether it knows conditions on writes.</summary>
    public bool KnowsConditions { get; set; } = true;

    /// <summary>Whether it sends whole objects where ranges are asked for.</summary>
    public bool IgnoresRanges { get; set; }

    public string Endpoint => "http://" + _port.Address;

    /// <summary>What a program needs in its environment to reach it.</summary>
    public (string Name, string Value)[] Variables =>
        [("AWS_ENDPOINT_URL_S3", Endpoint), ("AWS_ACCESS_KEY_ID", KeyId), ("AWS_SECRET_ACCESS_KEY", Secret), ("AWS_REGION", "eu-test-1"), ("AWS_EC2_METADATA_DISABLED", "true")];

    public static async Task<S3Server> Start()
    {
        var server = new S3Server();
        await server.Up();
        return server;
    }

    /// <summary>Listens again, at the same port and with the same objects.</summary>
    public async Task Up()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k =>
        {
            k.Limits.MaxRequestBodySize = null;
            k.Limits.MinRequestBodyDataRate = null;
            k.Listen(IPAddress.Loopback, _port.Number, l => l.Protocols = HttpProtocols.Http1);
        });
        _web = builder.Build();
        _web.Run(Answer);
        await _web.StartAsync();
    }

    /// <summary>Listens no more: connections are refused.</summary>
    public async Task Down()
    {
        if (_web is { } web)
        {
            _web = null;
            using var now = new CancellationTokenSource(TimeSpan.FromMilliseconds(100)); // then it closes what is open
            await web.StopAsync(now.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await web.DisposeAsync();
        }
    }

    private async Task Answer(HttpContext http)
    {
        var path = http.Request.Path.Value!.TrimStart('/');
        var (bucket, key) = path.IndexOf('/', StringComparison.Ordinal) is >= 0 and var at ? (path[..at], path[(at + 1)..]) : (path, "");
        var name = $"{http.Request.Method} {key}{http.Request.QueryString.Value}";
        Requests.Enqueue(name);
        var fault = Fault(name);
        switch (fault)
        {
            case S3Fault.Drop:
                http.Abort();
                return;
            case S3Fault.InternalError:
                await Refuse(http, 500, "InternalError", "try again");
                return;
            case S3Fault.SlowDown:
                await Refuse(http, 503, "SlowDown", "ask less often");
                return;
            case S3Fault.Full when http.Request.Method is "PUT" or "POST":
                await Refuse(http, 507, "XStorageFull", "there is no room left");
                return;
            case S3Fault.Silence:
                await Task.Delay(Timeout.Infinite, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return;
            case S3Fault.Late:
                await Task.Delay(TimeSpan.FromSeconds(2), http.RequestAborted);
                break;
            case S3Fault.DropHalf when http.Request.ContentLength > 0:
                var half = new byte[(int)(http.Request.ContentLength.Value / 2)];
                await http.Request.Body.ReadAtLeastAsync(half, half.Length, throwOnEndOfStream: false);
                http.Abort();
                return;
        }

        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        if (Stranger(http.Request, body.ToArray()) is { } refusal)
        {
            await Refuse(http, 403, refusal, "who are you?");
        }
        else if (bucket != Bucket)
        {
            await Refuse(http, 404, "NoSuchBucket", $"there is no bucket {bucket}");
        }
        else if (fault == S3Fault.LoseAnswer)
        {
            await Do(new DefaultHttpContext { Request = { Method = http.Request.Method, QueryString = http.Request.QueryString }, Response = { Body = Stream.Null } }, http.Request.Headers, key, body.ToArray(), fault);
            http.Abort();
        }
        else
        {
            await Do(http, http.Request.Headers, key, body.ToArray(), fault);
        }
    }

    // The name of the key, and the hash of what is sent, both under a signature.
    private static string? Stranger(HttpRequest request, byte[] body)
    {
        var authorization = request.Headers.Authorization.ToString();
        if (!authorization.StartsWith("AWS4-HMAC-SHA256 ", StringComparison.Ordinal) || !authorization.Contains("Signature=", StringComparison.Ordinal)
            || !authorization.Contains("x-amz-content-sha256", StringComparison.Ordinal))
        {
            return "AccessDenied";
        }

        return !authorization.Contains($"Credential={KeyId}/", StringComparison.Ordinal) ? "InvalidAccessKeyId"
            : request.Headers["x-amz-content-sha256"] != Convert.ToHexStringLower(SHA256.HashData(body)) ? "XAmzContentSHA256Mismatch"
            : null;
    }

    private Task Do(HttpContext http, IHeaderDictionary headers, string key, byte[] body, S3Fault fault)
    {
        var query = http.Request.Query;
        return (http.Request.Method, query.ContainsKey("uploadId"), query.ContainsKey("uploads"), key) switch
        {
            ("GET", _, _, "") => List(http, query["prefix"].ToString(), query["delimiter"].ToString(), query["continuation-token"].ToString(), int.TryParse(query["max-keys"], out var most) ? most : 1000),
            ("PUT", true, _, _) => PutPiece(http, query["uploadId"].ToString(), int.Parse(query["partNumber"].ToString(), CultureInfo.InvariantCulture), body),
            ("PUT", false, _, _) => Put(http, headers, key, new S3Object(body)),
            ("POST", _, true, _) => Begin(http, key),
            ("POST", true, _, _) => End(http, headers, key, query["uploadId"].ToString(), body),
            ("DELETE", true, _, _) => Abandon(http, query["uploadId"].ToString()),
            ("DELETE", false, _, _) => Remove(http, key),
            ("GET" or "HEAD", _, _, _) => Get(http, headers, key, fault),
            _ => Refuse(http, 405, "MethodNotAllowed", "what is that?"),
        };
    }

    private async Task Put(HttpContext http, IHeaderDictionary headers, string key, S3Object content)
    {
        if (headers.IfNoneMatch.Count > 0 && !KnowsConditions)
        {
            await Refuse(http, 501, "NotImplemented", "what is If-None-Match?");
        }
        else if (headers.IfNoneMatch == "*" ? !Objects.TryAdd(key, content) : Objects.AddOrUpdate(key, content, (_, _) => content) is null)
        {
            await Refuse(http, 412, "PreconditionFailed", "there is one already");
        }
        else
        {
            http.Response.Headers.ETag = content.Told;
        }
    }

    private async Task PutPiece(HttpContext http, string upload, int number, byte[] body)
    {
        if (!_uploads.TryGetValue(upload, out var pending))
        {
            await Refuse(http, 404, "NoSuchUpload", "there is no such upload");
            return;
        }

        var piece = new S3Object(body);
        lock (pending)
        {
            pending.Pieces[number] = piece;
        }

        http.Response.Headers.ETag = piece.Tag;
    }

    private Task Begin(HttpContext http, string key)
    {
        var id = $"upload-{Interlocked.Increment(ref _counter).ToString(CultureInfo.InvariantCulture)}";
        _uploads[id] = new S3PendingUpload(key);
        return Say(http, new XElement(Names + "InitiateMultipartUploadResult", new XElement(Names + "Bucket", Bucket), new XElement(Names + "Key", key), new XElement(Names + "UploadId", id)));
    }

    private async Task End(HttpContext http, IHeaderDictionary headers, string key, string upload, byte[] body)
    {
        if (!_uploads.TryGetValue(upload, out var pending))
        {
            await Refuse(http, 404, "NoSuchUpload", "there is no such upload");
            return;
        }

        var told = XDocument.Load(new MemoryStream(body)).Descendants().Where(e => e.Name.LocalName == "Part")
            .Select(p => (
                Number: int.Parse(p.Elements().Single(e => e.Name.LocalName == "PartNumber").Value, CultureInfo.InvariantCulture),
                Tag: p.Elements().Single(e => e.Name.LocalName == "ETag").Value.Trim('"')))
            .ToArray();
        S3Object[] pieces;
        lock (pending)
        {
            pieces = [.. told.Select(t => pending.Pieces.GetValueOrDefault(t.Number)).OfType<S3Object>()];
        }

        if (pieces.Length != told.Length || !pieces.Zip(told).All(p => p.First.Tag.Trim('"') == p.Second.Tag))
        {
            await Refuse(http, 400, "InvalidPart", "a piece is missing, or another one");
            return;
        }

        if (pieces[..^1].Any(p => p.Content.Length < 5 << 20))
        {
            await Refuse(http, 400, "EntityTooSmall", "a piece is smaller than 5 MiB");
            return;
        }

        await Put(http, headers, key, S3Object.Of(pieces));
        if (http.Response.StatusCode == 200)
        {
            _uploads.TryRemove(upload, out _);
            await Say(http, new XElement(Names + "CompleteMultipartUploadResult", new XElement(Names + "Bucket", Bucket), new XElement(Names + "Key", key), new XElement(Names + "ETag", Objects[key].Told)));
        }
    }

    private async Task Abandon(HttpContext http, string upload)
    {
        if (_uploads.TryRemove(upload, out _))
        {
            http.Response.StatusCode = 204;
        }
        else
        {
            await Refuse(http, 404, "NoSuchUpload", "there is no such upload");
        }
    }

    private Task Remove(HttpContext http, string key)
    {
        Objects.TryRemove(key, out _);
        http.Response.StatusCode = 204;
        return Task.CompletedTask;
    }

    private async Task Get(HttpContext http, IHeaderDictionary headers, string key, S3Fault fault)
    {
        if (!Objects.TryGetValue(key, out var found))
        {
            await Refuse(http, 404, "NoSuchKey", "there is no such object");
            return;
        }

        if (headers.IfMatch.Count > 0 && headers.IfMatch != found.Told)
        {
            await Refuse(http, 412, "PreconditionFailed", "it is another one");
            return;
        }

        var content = found.Content.AsMemory();
        if (!IgnoresRanges && headers.Range.ToString() is { Length: > 0 } range)
        {
            var ends = range["bytes=".Length..].Split('-').Select(e => long.Parse(e, CultureInfo.InvariantCulture)).ToArray();
            var (first, last) = (ends[0], Math.Min(ends[1], content.Length - 1));
            if (first >= content.Length)
            {
                await Refuse(http, 416, "InvalidRange", "there is nothing");
                return;
            }

            http.Response.StatusCode = 206;
            http.Response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {first}-{last}/{content.Length}");
            content = content[(int)first..(int)(last + 1)];
        }

        http.Response.Headers.ETag = found.Told;
        http.Response.ContentLength = content.Length;
        http.Response.ContentType = "application/octet-stream";
        if (http.Request.Method == "GET")
        {
            Interlocked.Add(ref _sent, content.Length);
            await http.Response.Body.WriteAsync(fault == S3Fault.HalfAnswer ? content[..(content.Length / 2)] : content);
            if (fault == S3Fault.HalfAnswer)
            {
                await http.Response.Body.FlushAsync();
                http.Abort();
            }
        }
    }

    // Keys and folders in order of their names; a page goes on after the last name of the one before.
    private Task List(HttpContext http, string prefix, string delimiter, string after, int most)
    {
        var names = Objects.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal))
            .Select(k => delimiter.Length > 0 && k.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal) is >= 0 and var end ? (Name: k[..(end + delimiter.Length)], Folder: true) : (Name: k, Folder: false))
            .Distinct().OrderBy(n => n.Name, StringComparer.Ordinal).Where(n => string.CompareOrdinal(n.Name, after) > 0).ToArray();
        var page = names.Take(Math.Min(most, PageSize)).ToArray();
        return Say(http, new XElement(
            Names + "ListBucketResult",
            new XElement(Names + "Name", Bucket),
            new XElement(Names + "Prefix", prefix),
            new XElement(Names + "KeyCount", page.Length),
            new XElement(Names + "MaxKeys", most),
            new XElement(Names + "IsTruncated", page.Length < names.Length ? "true" : "false"),
            page.Length < names.Length ? new XElement(Names + "NextContinuationToken", page[^1].Name) : null,
            page.Where(n => !n.Folder).Select(n => new XElement(
                Names + "Contents", new XElement(Names + "Key", n.Name), new XElement(Names + "Size", Objects.TryGetValue(n.Name, out var o) ? o.Content.Length : 0), new XElement(Names + "ETag", o?.Told),
                new XElement(Names + "LastModified", "2026-01-01T00:00:00.000Z"), new XElement(Names + "StorageClass", "STANDARD"))),
            page.Where(n => n.Folder).Select(n => new XElement(Names + "CommonPrefixes", new XElement(Names + "Prefix", n.Name)))));
    }

    private static async Task Say(HttpContext http, XElement answer)
    {
        http.Response.ContentType = "application/xml";
        await http.Response.WriteAsync("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + answer);
    }

    private static async Task Refuse(HttpContext http, int status, string code, string message)
    {
        http.Response.StatusCode = status;
        if (http.Request.Method != "HEAD")
        {
            await Say(http, new XElement("Error", new XElement("Code", code), new XElement("Message", message), new XElement("RequestId", "1")));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Down();
        _port.Dispose();
    }
}
