using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Granary.Contracts;
using Granary.Web.Api;
using Microsoft.AspNetCore.Http;

namespace Granary.Web.Events;

/// <summary>One job's server-sent events for one reader: its status when that has changed, a few times a second at the most, and each event once.
/// The coordinator lets the reader wait; a silo that dies on the way, the coordinator's too, is a pause.</summary>
/// <param name="calls">The cluster.</param>
/// <param name="job">The job's id.</param>
/// <param name="isLetIn">Whether the reader may still read: a token may be revoked meanwhile.</param>
internal sealed class EventStream(ClusterCalls calls, string job, Func<Task<bool>> isLetIn)
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(200);

    /// <summary>Writes until the job has ended, or the reader has gone or is not let in any more.</summary>
    /// <param name="response">Where to.</param>
    /// <param name="after">The id of the last event that the reader has; null: none.</param>
    /// <param name="cancellation">The reader has gone, or the silo stops.</param>
    /// <exception cref="UnknownJobException">There is no such job.</exception>
    public async Task Write(HttpResponse response, string? after, CancellationToken cancellation)
    {
        try
        {
            var status = await calls.Status(job, int.MaxValue, cancellation);
            response.ContentType = "text/event-stream";
            for (StatusMark? seen = null; ;)
            {
                if (status.Mark != seen)
                {
                    await Send(response, "status", null, Views.Of(status), ApiJson.Default.JobDocument, cancellation);
                }
                else
                {
                    await response.WriteAsync("event: alive\ndata: {}\n\n", cancellation); // a reader knows silence from a lost connection
                }

                after = await SendEvents(response, after, cancellation);
                if (status.State is JobState.Completed or JobState.Failed or JobState.Cancelled)
                {
                    await Send(response, "end", null, Views.Of(status), ApiJson.Default.JobDocument, cancellation);
                    return;
                }

                await response.Body.FlushAsync(cancellation);
                await Task.Delay(Between, cancellation);
                if (!await isLetIn())
                {
                    return;
                }

                (seen, status) = (status.Mark, await calls.StatusAfter(job, status.Mark, cancellation));
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // A reader that is still there comes again, and says what it has.
        }
        catch (Exception e) when (e is ClusterSilentException or UnknownJobException && response.HasStarted)
        {
            // The same.
        }
    }

    private async Task<string?> SendEvents(HttpResponse response, string? after, CancellationToken cancellation)
    {
        foreach (var (id, e) in EventIds.After(after, await calls.Ask(calls.Coordinator(job).Events, cancellation)))
        {
            await Send(response, "event", id, Views.Of(e, id), ApiJson.Default.EventDocument, cancellation);
            after = id;
        }

        return after;
    }

    private static Task Send<T>(HttpResponse response, string name, string? id, T document, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        var text = new StringBuilder().Append("event: ").Append(name).Append('\n');
        if (id is not null)
        {
            text.Append("id: ").Append(id).Append('\n');
        }

        return response.WriteAsync(text.Append("data: ").Append(JsonSerializer.Serialize(document, type)).Append("\n\n").ToString(), cancellation);
    }
}
