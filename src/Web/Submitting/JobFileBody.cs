using System.Text;
using Microsoft.AspNetCore.Http;

namespace Granary.Web.Submitting;

/// <summary>The job file that a request brings.</summary>
internal static class JobFileBody
{
    /// <summary>Bytes of a request that are received at all. A sender whose connection is closed while it still sends may not see the answer:
    /// so a body that is too long for a job file, but not longer than this, is received to its end before it is refused.</summary>
    public const long LongestReceived = 64 << 20;

    // A job file, not its data.
    private const int Longest = 1 << 20;

    /// <summary>The body as text.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="longest">The most bytes that it may have.</param>
    /// <exception cref="BadHttpRequestException">It is longer than that.</exception>
    public static async Task<string> Read(HttpRequest request, CancellationToken cancellation, long longest = Longest)
    {
        using var taken = new MemoryStream();
        var chunk = new byte[16 << 10];
        var length = 0L;
        for (var count = 0; (count = await request.Body.ReadAsync(chunk, cancellation)) > 0;)
        {
            length += count;
            if (length <= longest)
            {
                taken.Write(chunk, 0, count);
            }
        }

        return length <= longest
            ? new StreamReader(new MemoryStream(taken.GetBuffer(), 0, (int)taken.Length), Encoding.UTF8).ReadToEnd()
            : throw new BadHttpRequestException(
                $"the body has {length} bytes, and a job file has {longest} at most. Send the job file alone: its data is read where data.path says.", StatusCodes.Status413PayloadTooLarge);
    }
}
