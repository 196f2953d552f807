using Polly;
using Polly.Hedging;

namespace Granary.Client;

/// <summary>A question to the cluster that is asked again while its answer keeps one waiting: the silo that took it may have died with it
/// just then, and nobody says so. The first answer counts; that the way is lost counts when no other try is open. Only for what changes
/// nothing: it may be answered more than once.</summary>
/// <typeparam name="T">The answer.</typeparam>
internal static class HedgedQuestion<T>
{
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(0.7);

    // The last one begins before the first one's time is over.
    private const int Tries = 6;

    private static readonly ResiliencePipeline<T> Pipeline = new ResiliencePipelineBuilder<T>()
        .AddHedging(new HedgingStrategyOptions<T>
        {
            MaxHedgedAttempts = Tries - 1,
            Delay = AskAgain,
            ShouldHandle = ended => ValueTask.FromResult(ended.Outcome.Exception is { } e && WayLost.Tells(e)),
        })
        .Build();

    /// <summary>Asks.</summary>
    /// <param name="ask">Asks once.</param>
    public static async Task<T> Ask(Func<Task<T>> ask) =>
        await Pipeline.ExecuteAsync(async enough => await ask().WaitAsync(enough)); // Polly waits for the tries that it has given up
}
