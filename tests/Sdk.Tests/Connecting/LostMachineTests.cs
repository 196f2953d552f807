using System.Net;
using System.Net.Sockets;
using System.Text;
using Granary.Contracts;
using Granary.Sdk.Connecting;

namespace Granary.Sdk.Tests.Connecting;

/// <summary>A cluster's machine vanishes: nobody closes the connection, and nobody answers.</summary>
public sealed class LostMachineTests
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(0.5);

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private static PersistentCalls Patient => new(TimeSpan.FromMinutes(5), time => new ClusterUnreachableException($"patience of {time} is over"));

    private static Uri Url(IPEndPoint place) => new($"http://{place}");

    // Answers whatever is asked at once.
    private static PlainServer Silo(IPEndPoint? place = null) => new((_, to) => PlainServer.Say(to, "200 OK", "true"), place);

    private static void SaysWhatToDo(ClusterUnreachableException error, IPEndPoint place)
    {
        Assert.Contains($"the cluster at http://{place} has said nothing for 1 s", error.Message);
        Assert.Contains("--url (GRANARY_URL)", error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public async Task Who_follows_a_job_is_told()
    {
        await using var silo = Silo();
        await using var relay = new SilentRelay(silo.Place);
        using var cluster = await HttpCluster.Reach(new RemoteCluster(Url(relay.Place)), Patient, Now, Short);
        relay.FallSilent();
        SaysWhatToDo(await Assert.ThrowsAsync<ClusterUnreachableException>(() => cluster.Status("job", 0, new StatusMark(1, 1), Now)), relay.Place);
        SaysWhatToDo(await Assert.ThrowsAsync<ClusterUnreachableException>(() => cluster.Jobs(Now)), relay.Place);
        SaysWhatToDo(await Assert.ThrowsAsync<ClusterUnreachableException>(() => cluster.Cancel("job", Now)), relay.Place);
    }

    [Fact]
    public async Task Who_connects_to_a_lost_machine_is_told()
    {
        await using var silo = Silo();
        await using var relay = new SilentRelay(silo.Place);
        relay.FallSilent();
        SaysWhatToDo(await Assert.ThrowsAsync<ClusterUnreachableException>(() => HttpCluster.Reach(new RemoteCluster(Url(relay.Place)), Patient, Now, Short)), relay.Place);
        using var api = new HttpApi(new RemoteCluster(Url(relay.Place)), Short);
        SaysWhatToDo(await Assert.ThrowsAsync<ClusterUnreachableException>(() => api.Ask(HttpMethod.Get, "/jobs/1", Now)), relay.Place);
        SaysWhatToDo(await Assert.ThrowsAsync<ClusterUnreachableException>(() => api.Fetch("/jobs/1/artifacts/a", new MemoryStream(), Now)), relay.Place);
    }

    [Fact]
    public async Task Who_fetches_a_file_is_told_in_the_middle_of_it()
    {
        var (half, isLost) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var silo = new PlainServer(async (_, to) =>
        {
            await to.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345"));
            half.SetResult();
            await isLost.Task;
            await to.WriteAsync("67890"u8.ToArray());
        });
        await using var relay = new SilentRelay(silo.Place);
        using var api = new HttpApi(new RemoteCluster(Url(relay.Place)), Short);
        using var file = new MemoryStream();
        var fetched = api.Fetch("/jobs/1/artifacts/a", file, Now);
        await half.Task.WaitAsync(Now);
        while (file.Length < 5)
        {
            Assert.False(fetched.IsFaulted);
            await Task.Delay(5, Now);
        }

        relay.FallSilent();
        isLost.SetResult();
        SaysWhatToDo(await Assert.ThrowsAsync<ClusterUnreachableException>(() => fetched), relay.Place);
    }

    // A check of data, and a disk that is slow, take as long as they take.
    [Fact]
    public async Task What_is_sent_is_waited_for_while_the_machine_is_there_and_no_longer()
    {
        var asked = new SemaphoreSlim(0);
        await using var silo = new PlainServer((head, to) =>
        {
            if (head.StartsWith("GET /api/v1/whoami ", StringComparison.Ordinal))
            {
                asked.Release();
                return PlainServer.Say(to, "401 Unauthorized", "{}");
            }

            return Task.Delay(Timeout.Infinite);
        });
        await using var relay = new SilentRelay(silo.Place);
        using var api = new HttpApi(new RemoteCluster(Url(relay.Place)), TimeSpan.FromSeconds(2));
        var sent = api.Ask(HttpMethod.Post, "/jobs", Now, new StringContent("a job"));
        for (var i = 0; i < 12; i++) // that is longer than what is borne of silence
        {
            await asked.WaitAsync(Now);
            Assert.False(sent.IsCompleted);
        }

        relay.FallSilent();
        Assert.Contains("has said nothing for 2 s", (await Assert.ThrowsAsync<ClusterUnreachableException>(() => sent)).Message);
    }

    // An upload that waits for the disk, with all buffers on the way full.
    [Fact]
    public async Task What_is_sent_is_waited_for_where_the_other_end_reads_nothing_for_a_while()
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(Now);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Now);
        var asked = new SemaphoreSlim(0);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _ = Task.Run(async () =>
        {
            while (true)
            {
                _ = Serve(await listener.AcceptSocketAsync(Now));
            }
        });
        using var api = new HttpApi(new RemoteCluster(Url((IPEndPoint)listener.LocalEndpoint)), TimeSpan.FromSeconds(2));
        var sent = api.Ask(HttpMethod.Put, "/uploads/x", gone.Token, new ByteArrayContent(new byte[64 << 20]));
        for (var i = 0; i < 16; i++) // that is longer than what is borne of silence
        {
            await Task.WhenAny(asked.WaitAsync(Now), sent);
            Assert.False(sent.IsCompleted, $"{sent.Exception}");
        }

        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sent);
        await end.CancelAsync(); // not before: a connection that is closed is another error

        async Task Serve(Socket socket)
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            var chunk = new byte[4096];
            var head = Encoding.ASCII.GetString(chunk, 0, await stream.ReadAsync(chunk, Now));
            if (head.StartsWith("GET", StringComparison.Ordinal))
            {
                await PlainServer.Say(stream, "401 Unauthorized", "{}");
                asked.Release();
                return;
            }

            await stream.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray(), Now);
            await Task.Delay(Timeout.Infinite, end.Token);
        }
    }

    // What is refused late is refused all the same, before it is sent.
    [Fact]
    public async Task A_late_refusal_of_something_long_is_heard()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answered = Task.Run(async () =>
        {
            while (true)
            {
                var socket = await listener.AcceptSocketAsync(Now);
                await using var stream = new NetworkStream(socket, ownsSocket: true);
                var chunk = new byte[4096];
                var head = Encoding.ASCII.GetString(chunk, 0, await stream.ReadAsync(chunk, Now));
                if (head.StartsWith("GET", StringComparison.Ordinal))
                {
                    await PlainServer.Say(stream, "401 Unauthorized", "{}");
                    continue;
                }

                await Task.Delay(TimeSpan.FromSeconds(2), Now); // .NET would begin to send after one
                var hasSent = socket.Available > 0;
                await PlainServer.Say(stream, "507 Insufficient Storage", "{\"detail\":\"no room\"}", "Content-Type: application/problem+json\r\n");
                return hasSent;
            }
        });
        using var api = new HttpApi(new RemoteCluster(Url((IPEndPoint)listener.LocalEndpoint)), TimeSpan.FromSeconds(30));
        Assert.Equal("no room", (await Assert.ThrowsAsync<JobRefusedException>(() => api.Ask(HttpMethod.Put, "/uploads/x", Now, new ByteArrayContent(new byte[64 << 20])))).Message);
        Assert.False(await answered);
    }

    [Fact]
    public async Task Where_the_name_has_another_address_that_one_is_asked()
    {
        await using var other = Silo(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
        await using var lost = new SilentRelay(other.Place, new IPEndPoint(IPAddress.Loopback, other.Place.Port));
        lost.FallSilent();
        var cluster = new RemoteCluster(new Uri($"http://localhost:{other.Place.Port}"));
        HttpDial Dial() => new(Short, (_, _) => Task.FromResult<IPAddress[]>([lost.Place.Address, other.Place.Address]));
        using var http = await HttpCluster.Reach(cluster, Patient, Now, TimeSpan.FromMinutes(5), Dial());
        using (var api = new HttpApi(cluster, Short, Dial()))
        {
            Assert.True((await api.Ask(HttpMethod.Get, "/whoami", Now))!.Value.GetBoolean());
        }

        using (var api = new HttpApi(cluster, Short, Dial()))
        using (var file = new MemoryStream())
        {
            await api.Fetch("/jobs/1/artifacts/a", file, Now);
            Assert.Equal("true"u8.ToArray(), file.ToArray());
        }
    }

    [Fact]
    public async Task A_file_whose_server_falls_silent_is_fetched_anew_from_the_other_address()
    {
        await using var other = Silo(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
        await using var lost = new PlainServer(
            async (_, to) =>
            {
                await to.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345"));
                await Task.Delay(Timeout.Infinite);
            },
            new IPEndPoint(IPAddress.Loopback, other.Place.Port));
        using var api = new HttpApi(
            new RemoteCluster(new Uri($"http://localhost:{other.Place.Port}")), Short, new HttpDial(Short, (_, _) => Task.FromResult<IPAddress[]>([lost.Place.Address, other.Place.Address])));
        using var file = new MemoryStream();
        await api.Fetch("/jobs/1/artifacts/a", file, Now);
        Assert.Equal("true"u8.ToArray(), file.ToArray());
        Assert.Single(lost.Heard);
    }

    [Fact]
    public async Task An_address_that_refuses_is_passed_over_and_the_system_asks_whether_the_other_end_is_there()
    {
        await using var silo = Silo(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
        var dial = new HttpDial(TimeSpan.FromSeconds(8), (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback, silo.Place.Address]));
        for (var i = 0; i < 2; i++)
        {
            await using var stream = await dial.Connect(new DnsEndPoint("localhost", silo.Place.Port), Now);
            Assert.Equal(silo.Place, stream.Socket.RemoteEndPoint);
            Assert.NotEqual(0, stream.Socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive));
            Assert.Equal((2, 2, 3), (Option(SocketOptionName.TcpKeepAliveTime), Option(SocketOptionName.TcpKeepAliveInterval), Option(SocketOptionName.TcpKeepAliveRetryCount)));
            int Option(SocketOptionName name) => (int)stream.Socket.GetSocketOption(SocketOptionLevel.Tcp, name)!;
        }

        Assert.Equal((2, silo.Place.Address), (dial.Addresses, dial.Last));
    }

    // A machine that refuses is there: its silos may be starting again.
    [Fact]
    public async Task A_refusal_is_no_silence()
    {
        IPEndPoint place;
        await using (var silo = Silo())
        {
            place = silo.Place;
        }

        var silence = new Silence(TimeSpan.FromMinutes(1));
        using var http = new HttpQuestions(new RemoteCluster(Url(place)), silence);
        silence.Ask();
        Assert.True(silence.IsWaiting);
        await Assert.ThrowsAsync<HttpRequestException>(() => http.Get("", ClusterJson.Default.Boolean, Now));
        Assert.False(silence.IsWaiting);
    }

    [Fact]
    public void Silence_begins_with_a_question_and_not_while_this_process_was_stopped()
    {
        var silence = new Silence(TimeSpan.Zero);
        Assert.False(silence.IsTooLong); // nothing was asked
        silence.Ask();
        Assert.True(silence.IsTooLong);
        silence.Hear();
        Assert.False(silence.IsTooLong);
        silence.Ask();
        silence.HearNothing(System.Diagnostics.Stopwatch.GetTimestamp(), TimeSpan.FromMinutes(1));
        Assert.True(silence.IsTooLong);
        silence.HearNothing(System.Diagnostics.Stopwatch.GetTimestamp() - (10 * System.Diagnostics.Stopwatch.Frequency), TimeSpan.FromSeconds(1)); // ten times as long as it was meant
        Assert.False(silence.IsTooLong);
    }
}
