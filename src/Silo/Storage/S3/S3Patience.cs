using System.Diagnostics;
using Granary.Grains.Checkpoints;
using Granary.Jobs;

namespace Granary.Silo.Storage.S3;

/// <summary>Asks a store again that does not answer, or answers 5xx: after 1, 2, 4 and then every 8 s. Amazon's client tries some times within one call; whoever reads or writes files waits
/// longer than that, for each request anew: a long upload is not begun again because one of its pieces met a store that was away for a moment.</summary>
/// <param name="longest">How long one request is made again.</param>
/// <param name="trouble">Told once for each time that a store does not answer; null: nobody.</param>
internal sealed class S3Patience(TimeSpan longest, Action<string>? trouble)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(8);

    /// <summary>Makes a request until it is answered.</summary>
    /// <exception cref="FileStoreException">It was not, in all that time.</exception>
    /// <exception cref="JobException">The answer will not change by itself.</exception>
    public T Ask<T>(Func<T> request)
    {
        var (since, pause) = (Stopwatch.StartNew(), FirstPause);
        while (true)
        {
            try
            {
                return request();
            }
            catch (StoreUnavailableException e) when (S3Trouble.Remedy(e.InnerException, where: "") is { } remedy)
            {
                throw new JobException($"{e.Message.TrimEnd('.')}. {remedy}");
            }
            catch (StoreUnavailableException e) when (since.Elapsed + pause >= longest)
            {
                // Without its cause, which is of Amazon's types: this goes from silo to silo.
                throw new FileStoreException($"{e.Message.TrimEnd('.')}. It was asked again for {Quantity.OfDuration(since.Elapsed.TotalSeconds)}");
            }
            catch (StoreUnavailableException e)
            {
                if (pause == FirstPause)
                {
                    trouble?.Invoke($"{e.Message.TrimEnd('.')}: it is asked again for {Quantity.OfDuration(longest.TotalSeconds)}");
                }

                Thread.Sleep(pause);
                pause = 2 * pause < LongestPause ? 2 * pause : LongestPause;
            }
        }
    }
}
