using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Granary.Grains.Checkpoints;
using Granary.Silo.Hosting;

namespace Granary.Silo.Storage.S3;

/// <summary>What may come of a request, in words, and what follows from it. Plain rules.</summary>
internal static class S3Trouble
{
    /// <summary>The answer says that there is no such object. That there is no such bucket is another answer.</summary>
    public static bool IsMissing(AmazonS3Exception e) => e.StatusCode == HttpStatusCode.NotFound && e.ErrorCode != "NoSuchBucket";

    /// <summary>The answer says that there is an object of that name already.</summary>
    public static bool IsThere(AmazonS3Exception e) => e.StatusCode == HttpStatusCode.PreconditionFailed;

    /// <summary>The server does not know the condition that a request came with.</summary>
    public static bool KnowsNoConditions(AmazonS3Exception e) => e.StatusCode == HttpStatusCode.NotImplemented;

    /// <summary>The answer says that the object ends before the range that was asked for.</summary>
    public static bool IsShorter(AmazonS3Exception e) => e.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable;

    /// <summary>Whether it is one of these.</summary>
    public static bool IsAnswer(Exception? e) => e is AmazonS3Exception answer && (IsMissing(answer) || IsThere(answer) || KnowsNoConditions(answer) || IsShorter(answer));

    /// <summary>The store cannot be asked just now.</summary>
    /// <param name="place">The store.</param>
    /// <param name="e">What came of the request.</param>
    /// <param name="patience">How long an answer was waited for.</param>
    public static StoreUnavailableException Unavailable(S3Location place, Exception e, TimeSpan patience) => new(
        e switch
        {
            AmazonServiceException answer when (int)answer.StatusCode > 0 => $"{place} answers {(int)answer.StatusCode} {answer.ErrorCode}: {ErrorLine.Of(answer.Message)}",
            OperationCanceledException => $"{place} has not answered for {patience.TotalSeconds:0} s",
            _ => $"{place} cannot be reached: {ErrorLine.Of(e)}",
        },
        e);

    /// <summary>What to do about an answer that will not change by itself; null: it may.</summary>
    /// <param name="e">The answer.</param>
    /// <param name="where">What names the bucket.</param>
    public static string? Remedy(Exception? e, string where = " in --checkpoints (GRANARY_CHECKPOINTS)") => e switch
    {
        AmazonServiceException { ErrorCode: "NoSuchBucket" or "InvalidBucketName" } => $"Make the bucket, or name another one{where}.",
        AmazonServiceException { ErrorCode: "PermanentRedirect" or "AuthorizationHeaderMalformed" } => "Set AWS_REGION to the bucket's region.",
        AmazonServiceException { StatusCode: HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized } =>
            "Look at AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY: they must allow to list, read, write and delete there.",
        AmazonClientException client when client.Message.Contains("credentials", StringComparison.OrdinalIgnoreCase) =>
            "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
        _ => null,
    };
}
