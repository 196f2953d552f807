using System.Net;
using System.Net.Sockets;
using System.Text;
using Granary.Contracts;
using Granary.Jobs;
using Granary.Sdk.Connecting;

namespace Granary.Sdk.Tests.Connecting;

public sealed class HttpQuestionsTests : IDisposable
{
    private readonly TcpListener _server = new(IPAddress.Loopback, 0);
    private readonly List<TcpClient> _open = [];

    public HttpQuestionsTests() => _server.Start();

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private Uri Address => new($"http://{_server.LocalEndpoint}");

    public void Dispose()
    {
        _open.ForEach(c => c.Dispose());
        _server.Dispose();
    }

    [Fact]
    public async Task Answers_one_after_the_other_share_a_connection()
    {
        using var http = new HttpQuestions(Address);
        var first = http.Get("", ClusterJson.Default.Boolean, Now);
        var connection = await Accept();
        Assert.Equal("GET /api/v1/records/1 HTTP/1.1", await Answer(connection, "200 OK", "true"));
        Assert.True(await first);
        var second = http.Get("/status?job=a", ClusterJson.Default.Boolean, Now);
        Assert.Equal("GET /api/v1/records/1/status?job=a HTTP/1.1", await Answer(connection, "200 OK", "false"));
        Assert.False(await second);
        Assert.False(_server.Pending());
    }

    // The silos share a port, and one of them may be frozen.
    [Fact]
    public async Task A_question_that_is_not_answered_is_asked_again_by_another_connection()
    {
        using var http = new HttpQuestions(Address);
        var asked = HedgedQuestion<bool>.Ask(() => http.Get("", ClusterJson.Default.Boolean, Now));
        _ = await Accept(); // says nothing
        await Answer(await Accept(), "200 OK", "true");
        Assert.True(await asked);
    }

    [Fact]
    public async Task What_is_refused_says_why_and_what_is_not_there_just_now_is_tried_again()
    {
        using var http = new HttpQuestions(Address);
        var calls = new PersistentCalls(TimeSpan.FromMinutes(1), time => new ClusterUnreachableException($"silence for {time}"));
        var refused = calls.Persist(() => http.Post("/jobs", "{}", ClusterJson.Default.String, Now), Now);
        var connection = await Accept();
        await Answer(connection, "503 Service Unavailable", """{"detail":"no silo that knows has answered"}""");
        await Answer(connection, "400 Bad Request", """{"detail":"j.yaml:3: data.path: why"}""");
        var error = await Assert.ThrowsAsync<JobRefusedException>(() => refused);
        Assert.Equal(("j.yaml:3: data.path: why", "j.yaml", 3, "data.path"), (error.Message, error.File, error.Line, error.Key));

        var broken = calls.Ask(() => http.Get("", ClusterJson.Default.Boolean, Now), Now);
        await Answer(connection, "500 Internal Server Error", """{"detail":"KeyNotFoundException: why"}""");
        Assert.Equal("the cluster did not answer as it should: InvalidOperationException: KeyNotFoundException: why", (await Assert.ThrowsAsync<ClusterUnreachableException>(() => broken)).Message);
    }

    [Fact]
    public async Task Silos_of_another_build_and_a_closed_client_are_told_at_once()
    {
        using var http = new HttpQuestions(Address);
        var calls = new PersistentCalls(TimeSpan.FromMinutes(1), time => new ClusterUnreachableException("silence"));
        var replaced = calls.Ask(() => http.Get("", ClusterJson.Default.Boolean, Now), Now);
        await Answer(await Accept(), "404 Not Found", "");
        Assert.Contains("of another build than this client", (await Assert.ThrowsAsync<ClusterUnreachableException>(() => replaced)).Message);
        http.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => http.Get("", ClusterJson.Default.Boolean, Now));
    }

    [Fact]
    public async Task Silence_ends_with_the_patience()
    {
        var address = Address;
        _server.Stop(); // connections are refused
        using var http = new HttpQuestions(address);
        var calls = new PersistentCalls(TimeSpan.FromSeconds(0.3), time => new ClusterUnreachableException("silence"));
        Assert.Equal("silence", (await Assert.ThrowsAsync<ClusterUnreachableException>(() => calls.Ask(() => http.Get("", ClusterJson.Default.Boolean, Now), Now))).Message);
        Assert.Null(await HttpCluster.Find(address, calls, _ => throw new InvalidOperationException("not asked for"), Now));
    }

    [Fact]
    public async Task A_build_of_other_records_is_asked_by_an_Orleans_client()
    {
        var found = HttpCluster.Find(Address, new PersistentCalls(TimeSpan.FromMinutes(1), _ => new ClusterUnreachableException("silence")), _ => throw new JobException("not asked for"), Now);
        await Answer(await Accept(), "404 Not Found", """{"detail":"there is nothing at /api/v1/records/1"}""");
        Assert.Null(await found);
    }

    private async Task<TcpClient> Accept()
    {
        var client = await _server.AcceptTcpClientAsync(Now);
        _open.Add(client);
        return client;
    }

    // Receives one request, whose first line is returned.
    private static async Task<string> Answer(TcpClient client, string status, string body)
    {
        var stream = client.GetStream();
        var text = "";
        var buffer = new byte[4096];
        while (!Whole(text))
        {
            text += Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer, Now));
        }

        await stream.WriteAsync(Encoding.UTF8.GetBytes($"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"), Now);
        return text[..text.IndexOf('\r', StringComparison.Ordinal)];
    }

    private static bool Whole(string request)
    {
        var end = request.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var length = request.Split("\r\n").FirstOrDefault(l => l.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase))?[16..] ?? "0";
        return end >= 0 && request.Length - end - 4 >= int.Parse(length, System.Globalization.CultureInfo.InvariantCulture);
    }
}
