using System.Globalization;
using System.Text.RegularExpressions;
using Granary.Contracts;
using Granary.Web.Api;
using Granary.Web.Auditing;
using Granary.Web.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Granary.Web.Uploads;

/// <summary>Data comes to the cluster from machines that share no disk with it.</summary>
internal static partial class UploadRoutes
{
    /// <summary>Adds them.</summary>
    public static void MapUploads(this IEndpointRouteBuilder api)
    {
        api.MapGet("/uploads/{sha256}", IResult (string sha256, IUploadStore uploads) => uploads.Find(Hash(sha256)) is var (path, bytes)
                ? TypedResults.Ok(new UploadDocument(sha256, path, bytes))
                : Problem.Of(StatusCodes.Status404NotFound, "No such upload", $"nothing was uploaded that has the SHA-256 {sha256}."))
            .Produces<UploadDocument>()
            .ProducesProblem(StatusCodes.Status404NotFound, "application/problem+json")
            .Needs(Role.Submitter)
            .Says("Uploads", "A file that was uploaded", "By its content: the same file need not be uploaded twice. A job file names its path.");
        api.MapPut("/uploads/{sha256}", Take)
            .Accepts<string>("application/octet-stream")
            .Produces<UploadDocument>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status400BadRequest, "application/problem+json")
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge, "application/problem+json")
            .ProducesProblem(StatusCodes.Status507InsufficientStorage, "application/problem+json")
            .Needs(Role.Submitter)
            .Changes("data.upload")
            .Says("Uploads", "Uploads a file", "The body is the file, whose SHA-256 is the address's last part. name: what it is called, for messages.");
    }

    private static async Task<IResult> Take(string sha256, string? name, HttpContext context, IUploadStore uploads, UploadPlaces places, WebSettings settings, CancellationToken cancellation)
    {
        AuditLog.Concerns(context, $"{Hash(sha256)} {name}");
        if (context.Request.ContentLength is not { } length)
        {
            throw new BadHttpRequestException("an upload says how long it is: send the header Content-Length.", StatusCodes.Status411LengthRequired);
        }

        if (length > settings.LongestUpload)
        {
            throw new BadHttpRequestException(
                string.Create(CultureInfo.InvariantCulture, $"the file has {length} bytes, and an upload has {settings.LongestUpload} at most. Put it under a data root of the cluster, or start the silos with a larger --longest-upload."),
                StatusCodes.Status413PayloadTooLarge);
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = settings.LongestUpload;
        }

        var (path, bytes) = await places.Within(CallerOf(context), () => uploads.Take(sha256, name ?? "", length, context.Request.Body, cancellation), cancellation);
        return TypedResults.Created($"/api/v1/uploads/{sha256}", new UploadDocument(sha256, path, bytes));
    }

    // Where nobody is asked for a token, machines are told apart.
    private static string CallerOf(HttpContext context) => Caller.Of(context).Owner ?? context.Connection.RemoteIpAddress?.ToString() ?? "";

    private static string Hash(string text) => Digits().IsMatch(text)
        ? text
        : throw new BadHttpRequestException($"'{text}' is no SHA-256. Give 64 lower-case hexadecimal digits.");

    [GeneratedRegex(@"^[0-9a-f]{64}\z")]
    private static partial Regex Digits();
}
