using Orleans.Runtime.Placement;

namespace Granary.Grains.Liveness;

/// <summary>Calls of grains that are spread over the silos by a number. What a silo that dies was asked is asked again elsewhere; it must have the same result.</summary>
/// <param name="cluster">Who is there.</param>
internal sealed class SpreadCalls(IClusterMembershipService cluster)
{
    /// <summary>How often a call is made before its error is told.</summary>
    public const int Tries = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Living silos, at least 1.</summary>
    public int Silos => Math.Max(1, Living().Length);

    /// <summary>Calls a grain, which is put on a silo by the number if it is nowhere.</summary>
    /// <param name="number">The number.</param>
    /// <param name="ask">The call.</param>
    public async Task<T> Ask<T>(int number, Func<Task<T>> ask)
    {
        for (var tried = 1; ; tried++)
        {
            try
            {
                if (Living() is { Length: > 0 } living)
                {
                    RequestContext.Set(IPlacementDirector.PlacementHintKey, living[number % living.Length]);
                }

                return await ask();
            }
            catch (Exception e) when (tried < Tries && e is OrleansException or TimeoutException)
            {
                await Task.Delay(Pause);
            }
        }
    }

    private SiloAddress[] Living() =>
        [.. cluster.CurrentSnapshot.Members.Values.Where(m => m.Status == SiloStatus.Active).OrderBy(m => m.Name, StringComparer.Ordinal).Select(m => m.SiloAddress)];
}
