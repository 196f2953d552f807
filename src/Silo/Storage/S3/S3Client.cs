using System.Globalization;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Granary.Jobs;

namespace Granary.Silo.Storage.S3;

/// <summary>Amazon's client, set up by the environment variables that every program for S3 goes by.</summary>
internal static class S3Client
{
    // For one try, until the answer begins.
    private static readonly TimeSpan TryTime = TimeSpan.FromSeconds(20);

    private const int Retries = 4;

    /// <summary>Makes one. Nothing is asked yet.</summary>
    /// <exception cref="JobException">The environment names neither a region nor an endpoint.</exception>
    public static AmazonS3Client Create()
    {
        var config = new AmazonS3Config
        {
            RetryMode = RequestRetryMode.Standard, // waits longer from try to try; and few retries where most fail
            MaxErrorRetry = int.TryParse(Variable("AWS_MAX_ATTEMPTS"), NumberStyles.None, CultureInfo.InvariantCulture, out var attempts) && attempts > 0 ? attempts - 1 : Retries,
            Timeout = TryTime,

            // Each request is signed together with the SHA-256 of what it carries: servers check that, those that know no other checksums too.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        var region = Variable("AWS_REGION") ?? Variable("AWS_DEFAULT_REGION");
        if ((Variable("AWS_ENDPOINT_URL_S3") ?? Variable("AWS_ENDPOINT_URL")) is { } endpoint)
        {
            if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            {
                throw new JobException("AWS_ENDPOINT_URL_S3 (else AWS_ENDPOINT_URL) is no address of a server: give it as http://HOST:PORT or https://HOST.");
            }

            config.ServiceURL = endpoint;
            config.ForcePathStyle = true; // a server of one's own seldom has a name for each bucket
            config.AuthenticationRegion = region ?? "us-east-1";
        }
        else if (region is not null)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }

        try
        {
            return new AmazonS3Client(config);
        }
        catch (AmazonClientException e)
        {
            throw new JobException($"The store on S3 cannot be used: {e.Message} Set AWS_REGION, or AWS_ENDPOINT_URL_S3 for a server of your own.");
        }
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? text : null;
}
