using System.Net;
using System.Text.Json;

namespace Granary.Sdk.Connecting;

/// <summary>The cluster's HTTP API, for what is asked of it seldom: tokens, the audit log, uploads and the files that jobs have left.</summary>
/// <param name="cluster">The server, and who asks.</param>
internal sealed class HttpApi(RemoteCluster cluster) : IDisposable
{
    private const string Root = "/api/v1";
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http = HttpWay.Open(cluster);

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

    /// <summary>Fetches a file.</summary>
    /// <param name="path">As there.</param>
    /// <param name="to">Takes it.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <inheritdoc cref="Ask" path="/exception"/>
    public async Task Fetch(string path, Stream to, CancellationToken cancellation)
    {
        using var answer = await Send(HttpMethod.Get, path, null, HttpCompletionOption.ResponseHeadersRead, cancellation);
        await using var from = await answer.Content.ReadAsStreamAsync(cancellation);
        await from.CopyToAsync(to, cancellation);
    }

    private async Task<HttpResponseMessage> Send(HttpMethod method, string path, HttpContent? body, HttpCompletionOption completion, CancellationToken cancellation)
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (body is null && completion == HttpCompletionOption.ResponseContentRead)
        {
            time.CancelAfter(AnswerTime); // what is sent, or fetched, takes as long as it takes
        }

        try
        {
            using var request = new HttpRequestMessage(method, new Uri(cluster.Url, Root + path));
            request.Content = body;
            request.Headers.ExpectContinue = body is not null; // what is refused is refused before it is sent
            var answer = await _http.SendAsync(request, completion, time.Token);
            if (answer.IsSuccessStatusCode)
            {
                return answer;
            }

            using (answer)
            {
                throw Refusal(answer.StatusCode, await answer.Content.ReadAsStringAsync(time.Token));
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new ClusterUnreachableException($"the cluster at {cluster} has not answered for {AnswerTime.TotalSeconds:0} s.");
        }
        catch (HttpRequestException e)
        {
            throw HttpWay.Distrust(cluster, e) ?? new ClusterUnreachableException($"no silo answers at {cluster}: {e.Message}");
        }
    }

    // What this API does not know is said in its own words.
    private static GranaryException Refusal(HttpStatusCode code, string text)
    {
        var why = HttpWay.Detail(text) ?? $"HTTP {(int)code}";
        return code switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new AccessRefusedException(why),
            < HttpStatusCode.InternalServerError or HttpStatusCode.InsufficientStorage => new JobRefusedException(why, new HttpRequestException(why, null, code)),
            _ => new ClusterUnreachableException(why),
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
