using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Granary.Contracts;

namespace Granary.Sdk.Connecting;

/// <summary>Questions to a cluster's HTTP server. A try that is made while another is open has a connection of its own: the silos share the
/// port, and a frozen one answers nothing.</summary>
/// <param name="cluster">The server, and who asks.</param>
/// <param name="silence">How long the server may say nothing at all; null: as long as whoever asks has patience.</param>
/// <param name="dial">Makes connections; the usual ones if left out.</param>
internal sealed class HttpQuestions(RemoteCluster cluster, Silence? silence = null, HttpDial? dial = null) : IDisposable
{
    // A frozen silo answers nothing; the next try goes to another one. A long poll is answered well within that time. A change may wait for storage.
    private static readonly TimeSpan AnswerTime = StatusMark.LongestWait + TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ChangeTime = TimeSpan.FromSeconds(15);

    /// <summary>Questions to a server that asks for no token.</summary>
    public HttpQuestions(Uri server)
        : this(new RemoteCluster(server))
    {
    }

    private readonly HttpDial _dial = dial ?? new HttpDial(silence?.Longest ?? Silence.OfMachine);
    private HttpClient? _idle;
    private volatile bool _disposed;

    /// <summary>Asks what changes nothing.</summary>
    /// <param name="question">Path and query after <see cref="ClusterJson.Path"/>.</param>
    /// <param name="type">What is answered.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="HttpRequestException">Nobody answers just now.</exception>
    /// <exception cref="TimeoutException">The answer is late.</exception>
    /// <exception cref="AccessRefusedException">The cluster does not let whoever asks do so.</exception>
    public Task<T?> Get<T>(string question, JsonTypeInfo<T> type, CancellationToken cancellation) => Send(HttpMethod.Get, question, null, type, cancellation);

    /// <summary>Asks for a change.</summary>
    /// <inheritdoc cref="Get" path="/exception"/>
    /// <exception cref="Jobs.JobException">A job cannot be taken.</exception>
    public Task<T?> Post<T>(string question, string body, JsonTypeInfo<T> type, CancellationToken cancellation) => Send(HttpMethod.Post, question, body, type, cancellation);

    private async Task<T?> Send<T>(HttpMethod method, string question, string? body, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(GranaryClient));
        var http = Interlocked.Exchange(ref _idle, null) ?? HttpWay.Open(cluster, _dial);
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var (since, longest) = (Stopwatch.GetTimestamp(), method == HttpMethod.Get ? AnswerTime : ChangeTime);
        longest = silence is { Longest: var borne } && borne < longest ? borne : longest;
        time.CancelAfter(longest);
        silence?.Ask();
        try
        {
            using var request = new HttpRequestMessage(method, new Uri(cluster.Url, ClusterJson.Path + question));
            request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
            using var answer = await http.SendAsync(request, time.Token);
            silence?.Hear();
            var text = await answer.Content.ReadAsStringAsync(time.Token);
            Keep(http);
            http = null;
            return answer.IsSuccessStatusCode ? JsonSerializer.Deserialize(text, type) : throw HttpWay.Refusal(answer.StatusCode, text, cluster);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            silence?.HearNothing(since, longest);
            throw IsLost() ? Lost() : new TimeoutException();
        }
        catch (HttpRequestException e) when (HttpWay.Distrust(cluster, e) is { } distrust)
        {
            throw distrust;
        }
        catch (HttpRequestException e) when (HttpWay.IsRefused(e))
        {
            silence?.Hear();
            throw;
        }
        catch (HttpRequestException e) when (e.StatusCode is null && IsLost())
        {
            throw Lost();
        }
        finally
        {
            http?.Dispose();
        }
    }

    private bool IsLost() => silence is { IsTooLong: true };

    private ClusterUnreachableException Lost() => HttpWay.Silent(cluster, silence!.Longest);

    // One is kept for the next question.
    private void Keep(HttpClient answered)
    {
        Interlocked.Exchange(ref _idle, answered)?.Dispose();
        if (_disposed)
        {
            Interlocked.Exchange(ref _idle, null)?.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        Interlocked.Exchange(ref _idle, null)?.Dispose();
    }
}
