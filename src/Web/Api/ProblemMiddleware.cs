using Granary.Jobs;
using Granary.Web.Security;
using Granary.Web.Submitting;
using Granary.Web.Uploads;
using Microsoft.AspNetCore.Http;

namespace Granary.Web.Api;

/// <summary>Makes a problem document of what goes wrong while a request is answered.</summary>
/// <param name="next">What answers.</param>
internal sealed class ProblemMiddleware(RequestDelegate next)
{
    /// <summary>Answers a request.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (Said(context) is { } said)
            {
                await Problem.Of(context.Response.StatusCode, "Bad request", said).ExecuteAsync(context);
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            if (!context.Response.HasStarted)
            {
                context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest; // for the audit log: whoever asked has gone
            }
        }
        catch (Exception e) when (!context.Response.HasStarted && Of(e) is { } problem)
        {
            await problem.ExecuteAsync(context);
        }
    }

    // What the router refuses, it refuses without a word.
    private static string? Said(HttpContext context) => context.Response.HasStarted ? null : context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => $"there is nothing at {context.Request.Path}. What there is says /openapi/v1.json.",
        StatusCodes.Status405MethodNotAllowed => $"{context.Request.Path} takes no {context.Request.Method}. What it takes says /openapi/v1.json.",
        StatusCodes.Status415UnsupportedMediaType => "the body is to be a job file. Send it with the header Content-Type: application/yaml.",
        _ => null,
    };

    /// <summary>Whether there is a problem document for an error.</summary>
    public static bool Foresees(Exception error) => Of(error) is not null;

    private static IResult? Of(Exception error) => error switch
    {
        JobException => Problem.OfJob(error.Message, "The job cannot be taken"),
        DataCheckException => Problem.OfJob(error.Message, "The data cannot be used"),
        ForbiddenException => Problem.Of(StatusCodes.Status403Forbidden, "Not allowed", error.Message),
        UnknownJobException => Problem.Of(StatusCodes.Status404NotFound, "Unknown job", error.Message),
        NoArtifactException => Problem.Of(StatusCodes.Status404NotFound, "No such file", error.Message),
        ClusterSilentException => Problem.Of(StatusCodes.Status503ServiceUnavailable, "The cluster does not answer", error.Message),
        UploadRefusedException => Problem.Of(StatusCodes.Status400BadRequest, "Bad upload", error.Message),
        TooManyUploadsException => Problem.Of(StatusCodes.Status429TooManyRequests, "Too many uploads", error.Message),
        UploadsUnavailableException => Problem.Of(StatusCodes.Status503ServiceUnavailable, "No uploads just now", error.Message),
        UploadSpaceException => Problem.Of(StatusCodes.Status507InsufficientStorage, "No space for the upload", error.Message),
        BadHttpRequestException bad => Problem.Of(bad.StatusCode, "Bad request", bad.Message),
        _ => null,
    };
}
