using System.Security.Cryptography;
using Granary.Jobs;

namespace Granary.Sdk.Submitting;

/// <summary>Random ids, unlikely to occur twice.</summary>
internal static class RandomName
{
    private const int OfJob = 6;

    /// <summary>An id for a job: NAME-xxxxxx.</summary>
    public static string Of(Job job) => $"{job.Name}-{Of(OfJob)}";

    /// <summary>So many hexadecimal digits.</summary>
    public static string Of(int length) => RandomNumberGenerator.GetHexString(length, lowercase: true);
}
