using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Granary.Contracts;

namespace Granary.Sdk.Connecting;

/// <summary>A cluster that is asked over HTTP. A process that has just started has its answer before an Orleans client would have
/// connected, which takes a second of processor time.</summary>
[SuppressMessage("Reliability", "CA2000", Justification = "It is disposed of with the cluster, or where that is not made.")]
internal sealed class HttpCluster : ICluster
{
    private static readonly ClusterJson Json = ClusterJson.Default;
    private static readonly TimeSpan FirstAnswer = TimeSpan.FromSeconds(4);

    private readonly HttpQuestions _http;
    private readonly PersistentCalls _calls;
    private readonly Once<ClusterConnection> _grains;

    private HttpCluster(HttpQuestions http, PersistentCalls calls, Once<ClusterConnection> grains) => (_http, _calls, _grains) = (http, calls, grains);

    /// <summary>A cluster whose silos serve HTTP, where one of them answers and is of a build that speaks as this one does.</summary>
    /// <param name="server">The server.</param>
    /// <param name="calls">How long an answer is waited for.</param>
    /// <param name="grains">Connects an Orleans client.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The cluster; null where there is no such silo: an Orleans client can find out why.</returns>
    public static async Task<HttpCluster?> Find(Uri server, PersistentCalls calls, Func<CancellationToken, Task<ClusterConnection>> grains, CancellationToken cancellation)
    {
        var http = new HttpQuestions(server);
        try
        {
            if (await HedgedQuestion<bool>.Ask(() => http.Get("", Json.Boolean, cancellation)).WaitAsync(FirstAnswer, cancellation))
            {
                var found = new HttpCluster(http, calls, new Once<ClusterConnection>(grains));
                http = null;
                return found;
            }
        }
        catch (Exception e) when (WayLost.Tells(e) || e is JsonException or InvalidOperationException or ClusterUnreachableException)
        {
            // The caller goes the other way.
        }
        finally
        {
            http?.Dispose();
        }

        return null;
    }

    /// <summary>A cluster that can be asked over HTTP alone.</summary>
    /// <param name="cluster">The server, and who asks.</param>
    /// <param name="calls">How long an answer is waited for.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="silence">How long its machine may say nothing at all.</param>
    /// <param name="dial">Makes connections; the usual ones if left out.</param>
    /// <exception cref="ClusterUnreachableException">No silo answers there.</exception>
    /// <exception cref="AccessRefusedException">The cluster asks for another token.</exception>
    public static async Task<HttpCluster> Reach(RemoteCluster cluster, PersistentCalls calls, CancellationToken cancellation, TimeSpan? silence = null, HttpDial? dial = null)
    {
        var http = new HttpQuestions(cluster, new Silence(silence ?? Silence.OfMachine), dial);
        try
        {
            await calls.Ask(() => http.Get("", Json.Boolean, cancellation), cancellation);
            var reached = new HttpCluster(http, calls, new Once<ClusterConnection>(_ => throw new ClusterUnreachableException(
                $"{cluster} is asked over HTTP, and this is asked of silos directly: run the command where the cluster runs.")));
            http = null;
            return reached;
        }
        finally
        {
            http?.Dispose();
        }
    }

    /// <inheritdoc/>
    public Task<string> Submit(Submission submission, CancellationToken cancellation) => _calls.Persist(
        () => _http.Post("/jobs", JsonSerializer.Serialize(SubmissionDocument.Of(submission), Json.SubmissionDocument), Json.String, cancellation), cancellation)!;

    /// <inheritdoc/>
    public Task<IReadOnlyList<JobStatus>> Jobs(CancellationToken cancellation) => Ask("/jobs", Json.IReadOnlyListJobStatus, cancellation)!;

    /// <inheritdoc/>
    public Task<IReadOnlyList<SiloInfo>> Silos(CancellationToken cancellation) => Ask("/silos", Json.IReadOnlyListSiloInfo, cancellation)!;

    /// <inheritdoc/>
    public Task<JobStatus?> Status(string job, int pointsKnown, StatusMark? after, CancellationToken cancellation)
    {
        var question = string.Create(CultureInfo.InvariantCulture, $"{Of("/status", job)}&known={pointsKnown}");
        return after is { } mark
            ? _calls.AskAndWait(() => _http.Get(string.Create(CultureInfo.InvariantCulture, $"{question}&news={mark.News}&progress={mark.Progress}"), Json.JobStatus, cancellation), cancellation)
            : Ask(question, Json.JobStatus, cancellation);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<JobEvent>> Events(string job, CancellationToken cancellation) => Ask(Of("/events", job), Json.IReadOnlyListJobEvent, cancellation)!;

    /// <inheritdoc/>
    public Task<GoodputReport?> Goodput(string job, CancellationToken cancellation) => Ask(Of("/goodput", job), Json.GoodputReport, cancellation);

    /// <inheritdoc/>
    public Task<JobActivity?> Activity(string job, CancellationToken cancellation) => Ask(Of("/activity", job), Json.JobActivity, cancellation);

    /// <inheritdoc/>
    public Task Cancel(string job, CancellationToken cancellation) => Change("/cancel", job, cancellation);

    /// <inheritdoc/>
    public Task Pause(string job, CancellationToken cancellation) => Change("/pause", job, cancellation);

    /// <inheritdoc/>
    public Task<bool> Resume(string job, CancellationToken cancellation) => Change("/resume", job, cancellation);

    /// <inheritdoc/>
    public ValueTask<ClusterConnection> Grains(CancellationToken cancellation) => _grains.Get(cancellation);

    private Task<T?> Ask<T>(string question, JsonTypeInfo<T> type, CancellationToken cancellation) => _calls.Ask(() => _http.Get(question, type, cancellation), cancellation);

    private Task<bool> Change(string path, string job, CancellationToken cancellation) => _calls.Persist(() => _http.Post(Of(path, job), "", Json.Boolean, cancellation), cancellation);

    private static string Of(string path, string job) => $"{path}?job={Uri.EscapeDataString(job)}";

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        _grains.Dispose();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return _grains.DisposeAsync();
    }
}
