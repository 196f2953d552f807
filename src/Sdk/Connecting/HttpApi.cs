using System.Diagnostics;
using System.Net;
using System.Text.Json;

namespace Granary.Sdk.Connecting;

/// <summary>The cluster's HTTP API, for what is asked of it seldom: tokens, the audit log, uploads and the files that jobs have left.</summary>
/// <param name="cluster">The server, and who asks.</param>
/// <param name="silence">How long the server may say nothing at all; the usual time if left out.</param>
/// <param name="dial">Makes connections; the usual ones if left out.</param>
internal sealed class HttpApi(RemoteCluster cluster, TimeSpan? silence = null, HttpDial? dial = null) : IDisposable
{
    private const string Root = "/api/v1";
    private const int ChunkBytes = 1 << 17;
    private const int Looks = 4; // within the time of silence that is borne

    private readonly TimeSpan _longest = silence ?? Silence.OfMachine;
    private readonly HttpDial _dial = dial ?? new HttpDial(silence ?? Silence.OfMachine);
    private HttpClient? _http;

    private HttpClient Http => _http ??= HttpWay.Open(cluster, _dial);

    /// <summary>The API of a cluster that serves one.</summary>
    /// <exception cref="ClusterUnreachableException">It serves none that is known.</exception>
    public static HttpApi Of(ClusterAddress address) => new(address.Remote ?? (address.Web is { } web ? new RemoteCluster(web) : throw new ClusterUnreachableException(
        !address.IsElsewhere
            ? "this cluster serves no HTTP API, which this is asked over: it was started with --ui-port none. To have one: granary down, then granary up"
            : "this is asked over the cluster's HTTP API: name its address as --url or GRANARY_URL.")));

    /// <summary>Asks; returns the document that is answered, or null where the answer has none.</summary>
    /// <param name="method">GET, POST, ...</param>
    /// <param name="path">Path and query after /api/v1.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="body">What is sent; null: nothing.</param>
    /// <exception cref="ClusterUnreachableException">Nobody answers.</exception>
    /// <exception cref="AccessRefusedException">The cluster does not let whoever asks do so.</exception>
    /// <exception cref="JobRefusedException">What is asked cannot be done; the message says why.</exception>
    public async Task<JsonElement?> Ask(HttpMethod method, string path, CancellationToken cancellation, HttpContent? body = null)
    {
        using var answer = await Send(method, path, body, HttpCompletionOption.ResponseContentRead, cancellation);
        var text = await answer.Content.ReadAsStringAsync(cancellation);
        if (text.Length == 0)
        {
            return null;
        }

        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    /// <summary>Asks for something that may not be there; null: it is not.</summary>
    /// <param name="path">As there.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <inheritdoc cref="Ask" path="/exception"/>
    public async Task<JsonElement?> Knows(string path, CancellationToken cancellation)
    {
        try
        {
            return await Ask(HttpMethod.Get, path, cancellation);
        }
        catch (JobRefusedException e) when (e.InnerException is HttpRequestException { StatusCode: HttpStatusCode.NotFound })
        {
            return null;
        }
    }

    /// <summary>Fetches a file. Where its server falls silent it is fetched anew from another address of the cluster, if it has one.</summary>
    /// <param name="path">As there.</param>
    /// <param name="to">Takes it; what it has before is gone.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <inheritdoc cref="Ask" path="/exception"/>
    public async Task Fetch(string path, Stream to, CancellationToken cancellation)
    {
        for (var tries = 1; !await TryFetch(path, to, cancellation); tries++)
        {
            if (tries >= _dial.Addresses)
            {
                throw HttpWay.Silent(cluster, _longest);
            }

            to.SetLength(0);
        }
    }

    // False: the server has fallen silent.
    private async Task<bool> TryFetch(string path, Stream to, CancellationToken cancellation)
    {
        using var answer = await Send(HttpMethod.Get, path, null, HttpCompletionOption.ResponseHeadersRead, cancellation);
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await using var from = await answer.Content.ReadAsStreamAsync(cancellation);
        var chunk = new byte[ChunkBytes];
        while (true)
        {
            int count;
            try
            {
                time.CancelAfter(_longest);
                count = await from.ReadAsync(chunk, time.Token);
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested && (e is OperationCanceledException || HttpWay.IsSilent(e)))
            {
                return false;
            }
            catch (IOException e)
            {
                throw new ClusterUnreachableException($"the connection to {cluster} was cut off: {e.Message} Fetch it again.");
            }

            if (count == 0)
            {
                return true;
            }

            time.CancelAfter(Timeout.InfiniteTimeSpan); // the disk of this machine says nothing of the other
            await to.WriteAsync(chunk.AsMemory(0, count), cancellation);
        }
    }

    private async Task<HttpResponseMessage> Send(HttpMethod method, string path, HttpContent? body, HttpCompletionOption completion, CancellationToken cancellation)
    {
        for (var tries = 1; ; tries++)
        {
            using var lost = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var watch = body is null ? null : Watch(lost, ended.Token); // what is sent takes as long as it takes, while the cluster is there
            if (body is null)
            {
                lost.CancelAfter(_longest);
            }

            try
            {
                using var request = new HttpRequestMessage(method, new Uri(cluster.Url, Root + path));
                request.Content = body;
                request.Headers.ExpectContinue = body is not null; // what is refused is refused before it is sent
                var answer = await Http.SendAsync(request, completion, lost.Token);
                if (answer.IsSuccessStatusCode)
                {
                    return answer;
                }

                using (answer)
                {
                    throw Refusal(answer.StatusCode, await answer.Content.ReadAsStringAsync(lost.Token));
                }
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested && (e is OperationCanceledException || HttpWay.IsSilent(e)))
            {
                if (!(method == HttpMethod.Get || method == HttpMethod.Delete) || tries >= _dial.Addresses) // others may have been done
                {
                    throw HttpWay.Silent(cluster, _longest);
                }
            }
            catch (HttpRequestException e)
            {
                throw HttpWay.Distrust(cluster, e) ?? new ClusterUnreachableException($"no silo answers at {cluster}: {e.Message}");
            }
            finally
            {
                await ended.CancelAsync();
                await (watch ?? Task.CompletedTask);
            }
        }
    }

    // Asks something small over connections of its own from time to time. Once nothing has been answered for too long, gives up what is waited for.
    private async Task Watch(CancellationTokenSource lost, CancellationToken ended)
    {
        var (silence, each, looks) = (new Silence(_longest), _longest / Looks, new List<Task>());
        while (!ended.IsCancellationRequested && !lost.IsCancellationRequested)
        {
            var since = Stopwatch.GetTimestamp();
            silence.Ask();
            looks.RemoveAll(l => l.IsCompleted);
            looks.Add(Look(silence, ended)); // a late one may be answered yet, or another silo answers before
            await Task.Delay(each, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            silence.HearNothing(since, each);
            if (silence.IsTooLong && !ended.IsCancellationRequested)
            {
                await lost.CancelAsync();
            }
        }

        await Task.WhenAll(looks);
    }

    private async Task Look(Silence silence, CancellationToken ended)
    {
        // At the address that is waited for: another may be there while that one is not.
        using var http = HttpWay.Open(cluster, _dial.Last is { } place ? new HttpDial(_longest, (_, _) => Task.FromResult<IPAddress[]>([place])) : _dial);
        using var time = CancellationTokenSource.CreateLinkedTokenSource(ended);
        time.CancelAfter(_longest);
        try
        {
            using var answer = await http.GetAsync(new Uri(cluster.Url, Root + "/whoami"), HttpCompletionOption.ResponseHeadersRead, time.Token);
            silence.Hear();
        }
        catch (HttpRequestException e)
        {
            if (HttpWay.IsRefused(e))
            {
                silence.Hear();
            }
        }
        catch (OperationCanceledException)
        {
            // Nothing was heard.
        }
    }

    // What this API does not know is said in its own words.
    private GranaryException Refusal(HttpStatusCode code, string text)
    {
        var why = HttpWay.Detail(text) ?? $"HTTP {(int)code}";
        return code switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => HttpWay.NoAccess(cluster, code, why),
            < HttpStatusCode.InternalServerError or HttpStatusCode.InsufficientStorage => new JobRefusedException(why, new HttpRequestException(why, null, code)),
            _ => new ClusterUnreachableException(why),
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _http?.Dispose();
}
