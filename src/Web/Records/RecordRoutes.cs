using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Granary.Contracts;
using Granary.Jobs;
using Granary.Web.Api;
using Granary.Web.Auditing;
using Granary.Web.Security;
using Granary.Web.Submitting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Granary.Web.Records;

/// <summary>What Granary's own clients ask over HTTP: the cluster's records, whole. No part of the API that is described for others, for they
/// change with Granary. A job's id is a part of the query, for it may be anything that a user has typed.</summary>
internal static class RecordRoutes
{
    private static readonly ClusterJson Json = ClusterJson.Default;

    /// <summary>Adds them.</summary>
    public static void MapRecords(this IEndpointRouteBuilder app)
    {
        var records = app.MapGroup(ClusterJson.Path).ExcludeFromDescription().AddEndpointFilter(SayWhatWentWrong);
        MapQuestions(records.MapGroup("").Needs(Role.Viewer));
        MapChanges(records);
    }

    private static void MapQuestions(RouteGroupBuilder records)
    {
        records.MapGet("", () => Of(true, Json.Boolean));
        records.MapGet("/silos", async (ClusterCalls calls, CancellationToken cancellation) =>
            Of(await calls.AskSilos(calls.Cluster.Silos, cancellation), Json.IReadOnlyListSiloInfo));
        records.MapGet("/jobs", async (ClusterCalls calls, CancellationToken cancellation) =>
            Of(await calls.Ask(calls.Catalogue.List, cancellation), Json.IReadOnlyListJobStatus));
        records.MapGet("/status", async (string job, int known, long? news, long? progress, ClusterCalls calls, CancellationToken cancellation) =>
            Of(
                await calls.Ask(
                    () => news is { } n && progress is { } p ? calls.Coordinator(job).StatusAfter(new StatusMark(n, p), known) : calls.Coordinator(job).Status(known),
                    cancellation),
                Json.JobStatus));
        records.MapGet("/events", async (string job, ClusterCalls calls, CancellationToken cancellation) =>
            Of(await calls.Ask(calls.Coordinator(job).Events, cancellation), Json.IReadOnlyListJobEvent));
        records.MapGet("/goodput", async (string job, ClusterCalls calls, CancellationToken cancellation) =>
            Of(await calls.Ask(calls.Coordinator(job).Goodput, cancellation), Json.GoodputReport));
        records.MapGet("/activity", async (string job, ClusterCalls calls, CancellationToken cancellation) =>
            Of(await calls.Ask(calls.Coordinator(job).Doing, cancellation), Json.JobActivity));
    }

    private static void MapChanges(RouteGroupBuilder records)
    {
        records.MapPost("/jobs", async (HttpContext context, ClusterCalls calls, CancellationToken cancellation) =>
        {
            var document = Read(await JobFileBody.Read(context.Request, cancellation, JobFileBody.LongestReceived));
            AuditLog.Concerns(context, document.JobId!);
            var submission = document.Submission() with { Owner = Caller.Of(context).Owner };
            var rule = PathRule.Current;
            var refusal = (submission.Output is { } output ? rule.WriteRefusal(output) : null) ?? (submission.Continue is { } run ? rule.ReadRefusal(run) : null);
            if (refusal is not null)
            {
                throw new JobException(refusal);
            }

            var job = await calls.Change(() => calls.Catalogue.Submit(submission), cancellation); // it has an id, so that it is taken once
            calls.ForgetJobs();
            return Of(job, Json.String);
        }).Needs(Role.Submitter).Changes("job.submit");
        MapChange(records, "cancel", (calls, job) => Done(calls.Coordinator(job).Cancel()));
        MapChange(records, "pause", (calls, job) => Done(calls.Coordinator(job).Pause()));
        MapChange(records, "resume", (calls, job) => calls.Catalogue.Resume(job));
    }

    private static void MapChange(RouteGroupBuilder records, string name, Func<ClusterCalls, string, Task<bool>> change) =>
        records.MapPost($"/{name}", async (string job, HttpContext context, ClusterCalls calls, CancellationToken cancellation) =>
        {
            await calls.MustChange(job, Caller.Of(context), cancellation);
            var changed = await calls.Change(() => change(calls, job), cancellation);
            calls.ForgetJobs();
            return Of(changed, Json.Boolean);
        }).Needs(Role.Submitter).Changes($"job.{name}");

    // What is not foreseen is a mistake of Granary's own: whoever asked tells the user what it was.
    private static async ValueTask<object?> SayWhatWentWrong(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (Exception e) when (!ProblemMiddleware.Foresees(e) && e is not OperationCanceledException)
        {
            return Problem.Of(StatusCodes.Status500InternalServerError, "Not foreseen", $"{e.GetType().Name}: {e.Message}");
        }
    }

    private static async Task<bool> Done(Task call)
    {
        await call;
        return true;
    }

    private static SubmissionDocument Read(string body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, Json.SubmissionDocument) is { Yaml: not null, JobId: not null } document
                ? document
                : throw new JobException("the body is no submission: it needs yaml and jobId.");
        }
        catch (JsonException e)
        {
            throw new JobException($"the body is no submission: {e.Message}");
        }
    }

    private static IResult Of<T>(T? record, JsonTypeInfo<T> type) => TypedResults.Text(record is null ? "null" : JsonSerializer.Serialize(record, type), "application/json");
}
