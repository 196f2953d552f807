using Granary.Contracts;
using Granary.Web.Auditing;
using Granary.Web.Events;
using Granary.Web.Security;
using Granary.Web.Series;
using Granary.Web.Submitting;
using Granary.Web.Uploads;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Granary.Web.Api;

/// <summary>Every route of the API.</summary>
internal static class Routes
{
    private const string OfProblems = "application/problem+json";

    /// <summary>Adds them.</summary>
    public static void MapGranaryApi(this IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api/v1").ProducesProblem(StatusCodes.Status401Unauthorized, OfProblems)
            .ProducesProblem(StatusCodes.Status403Forbidden, OfProblems).ProducesProblem(StatusCodes.Status503ServiceUnavailable, OfProblems);
        MapCluster(api);
        api.MapLogin();
        api.MapTokens();
        api.MapUploads();
        MapJobs(api);
        MapJob(api.MapGroup("/jobs/{job}").ProducesProblem(StatusCodes.Status404NotFound, OfProblems));
    }

    private static void MapCluster(RouteGroupBuilder api)
    {
        api.MapGet("/cluster", (WebSettings settings) => TypedResults.Ok(new ClusterDocument(
                settings.Cluster, settings.Silo, typeof(Routes).Assembly.GetName().Version!.ToString(3))))
            .Needs(Role.Viewer)
            .Says("Cluster", "The cluster, and the silo that answers");
        api.MapGet("/silos", async (ClusterCalls calls, CancellationToken cancellation) =>
                TypedResults.Ok<IReadOnlyList<SiloDocument>>([.. (await calls.AskSilos(calls.Cluster.Silos, cancellation)).Select(Views.Of)]))
            .Needs(Role.Viewer)
            .Says("Cluster", "The living silos");
    }

    private static void MapJobs(RouteGroupBuilder api)
    {
        api.MapGet("/jobs", async (ClusterCalls calls, CancellationToken cancellation) =>
                TypedResults.Ok<IReadOnlyList<JobDocument>>([.. (await calls.Jobs(cancellation)).Select(Views.Of)]))
            .Needs(Role.Viewer)
            .Says("Jobs", "Every job, oldest first");
        api.MapPost("/jobs", async ([AsParameters] SubmitQuery query, HttpContext context, JobSubmission submission, CancellationToken cancellation) =>
            {
                var taken = await submission.Submit(await JobFileBody.Read(context.Request, cancellation), query, Caller.Of(context).Owner, cancellation);
                AuditLog.Concerns(context, taken.Job);
                return TypedResults.Created($"/api/v1/jobs/{Uri.EscapeDataString(taken.Job)}", taken);
            })
            .Accepts<string>("application/yaml", "text/yaml", "text/plain")
            .ProducesProblem(StatusCodes.Status400BadRequest, OfProblems)
            .Needs(Role.Submitter)
            .Changes("job.submit")
            .Says("Jobs", "Hands a job in", "The body is a job file. It and its data are checked first, as granary submit does; what is refused says file, line, key and remedy.");
    }

    private static void MapJob(RouteGroupBuilder job)
    {
        job.MapGet("", async (string job, ClusterCalls calls, KnownJobs known, CancellationToken cancellation) =>
            {
                var status = await calls.Status(job, int.MaxValue, cancellation);
                return TypedResults.Ok(new JobDetails(Views.Of(status), Jobs.JobFile.Write(await known.Of(job, cancellation)), Artifacts.Of(status)));
            })
            .Needs(Role.Viewer)
            .Says("Jobs", "A job: where it stands, its job file with every default, and its files");
        MapChange(job, "cancel", "Ends a job at its next step boundary; the last good weights are written", (calls, id) => calls.Coordinator(id).Cancel());
        MapChange(job, "pause", "Stops a job at its next step boundary, with a checkpoint", (calls, id) => calls.Coordinator(id).Pause());
        MapChange(job, "resume", "Puts a paused job back in the queue", (calls, id) => calls.Catalogue.Resume(id));
        job.MapGet("/activity", async (string job, ClusterCalls calls, CancellationToken cancellation) =>
            {
                _ = await calls.Status(job, int.MaxValue, cancellation);
                return TypedResults.Ok(Views.Of((await calls.Ask(calls.Coordinator(job).Doing, cancellation))!));
            })
            .Needs(Role.Viewer)
            .Says("Jobs", "What each rank of a job is doing just now, since when, and whom it waits for");
        job.MapGet("/events", async (string job, ClusterCalls calls, CancellationToken cancellation) =>
            {
                _ = await calls.Status(job, int.MaxValue, cancellation);
                return TypedResults.Ok<IReadOnlyList<EventDocument>>([.. EventIds.Of(await calls.Ask(calls.Coordinator(job).Events, cancellation)).Select(e => Views.Of(e.Event, e.Id))]);
            })
            .Needs(Role.Viewer)
            .Says("Events", "What has happened to a job, oldest first");
        job.MapGet("/events/stream", async (
                string job, [FromHeader(Name = "Last-Event-ID")] string? lastEventId, string? after, HttpContext context, ClusterCalls calls, Callers callers, IHostApplicationLifetime life) =>
            {
                using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, life.ApplicationStopping);
                await new EventStream(calls, job, async () => (await callers.Of(context)).Caller is not null).Write(context.Response, lastEventId ?? after, ends.Token);
            })
            .Produces<EventDocument>(StatusCodes.Status200OK, "text/event-stream")
            .Needs(Role.Viewer)
            .Says("Events", "The same as they happen, as server-sent events", "\"status\": where the job stands, when that has changed. \"event\": an event, with its id; after Last-Event-ID, or after the one named as \"after\", where that is given. \"alive\": nothing has changed. \"end\": the job has ended.");
        job.MapGet("/metrics", async (string job, int? points, long? from, long? to, ClusterCalls calls, KnownJobs known, CancellationToken cancellation) =>
            {
                var most = points ?? Sampling.Most;
                if (most is < Sampling.Least or > Sampling.Most)
                {
                    return Problem.Of(StatusCodes.Status400BadRequest, "Bad request", $"points is {most}, but goes from {Sampling.Least} to {Sampling.Most}.");
                }

                var status = await calls.Status(job, 0, cancellation);
                return TypedResults.Ok(JobSeries.Of(status, await known.Of(job, cancellation), most, from ?? 0, to ?? long.MaxValue));
            })
            .Produces<SeriesDocument>()
            .ProducesProblem(StatusCodes.Status400BadRequest, OfProblems)
            .Needs(Role.Viewer)
            .Says("Metrics", "A job's figures over its steps", "points: at most so many, which keep every stretch's least and greatest loss and its evaluations. from, to: steps.");
        job.MapGet("/goodput", async (string job, ClusterCalls calls, CancellationToken cancellation) =>
            {
                _ = await calls.Status(job, int.MaxValue, cancellation);
                return await calls.Ask(calls.Coordinator(job).Goodput, cancellation) is { } report
                    ? TypedResults.Ok(Views.Of(report))
                    : Problem.Of(StatusCodes.Status404NotFound, "No figures", $"{job} was run by an older version, which did not keep where its time went.");
            })
            .Produces<GoodputDocument>()
            .Needs(Role.Viewer)
            .Says("Metrics", "Where a job's time went, second by second");
        job.MapGet("/artifacts", async (string job, ClusterCalls calls, CancellationToken cancellation) =>
                TypedResults.Ok(Artifacts.Of(await calls.Status(job, int.MaxValue, cancellation))))
            .Needs(Role.Viewer)
            .Says("Artifacts", "The files that a job has left");
        job.MapGet("/artifacts/{name}", async (string job, string name, ClusterCalls calls, CancellationToken cancellation) =>
                Artifacts.File(await calls.Status(job, int.MaxValue, cancellation), name))
            .Produces(StatusCodes.Status200OK, contentType: "application/octet-stream")
            .Needs(Role.Viewer)
            .Says("Artifacts", "One of them: model.safetensors, summary.json, metrics.jsonl or job.yaml");
    }

    private static void MapChange(RouteGroupBuilder job, string name, string says, Func<ClusterCalls, string, Task> change) =>
        job.MapPost($"/{name}", async (string job, HttpContext context, ClusterCalls calls, CancellationToken cancellation) =>
            {
                await calls.MustChange(job, Caller.Of(context), cancellation);
                await calls.Tell(() => change(calls, job), cancellation);
                calls.ForgetJobs();
                return TypedResults.Accepted($"/api/v1/jobs/{Uri.EscapeDataString(job)}", Views.Of(await calls.Status(job, int.MaxValue, cancellation)));
            })
            .Needs(Role.Submitter)
            .Changes($"job.{name}")
            .Says("Jobs", says, "Returns once the cluster has been told, with where the job stands then.");
}
