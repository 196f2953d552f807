using Granary.Contracts;
using Polly;
using Polly.Hedging;

namespace Granary.Sdk.Connecting;

/// <summary>A query to the cluster that is sent again while its answer is late: the silo that received it may have died, and no error
/// would report that. The first answer is taken; a lost connection is an error only when no other try is open. Only for what changes
/// nothing: it may be answered more than once.</summary>
/// <typeparam name="T">The answer.</typeparam>
internal static class HedgedQuestion<T>
{
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(0.7);

    // The last one begins before the first one's time is over.
    private const int Tries = 6;

    private const int LateTries = 3;

    private static readonly ResiliencePipeline<T> Pipeline = Build(Tries, AskAgain);
    private static readonly ResiliencePipeline<T> LatePipeline = Build(LateTries, StatusMark.LongestWait + AskAgain);

    private static ResiliencePipeline<T> Build(int tries, TimeSpan askAgain) => new ResiliencePipelineBuilder<T>()
        .AddHedging(new HedgingStrategyOptions<T>
        {
            MaxHedgedAttempts = tries - 1,
            Delay = askAgain,
            ShouldHandle = ended => ValueTask.FromResult(ended.Outcome.Exception is { } e && WayLost.Tells(e)),
        })
        .Build();

    /// <summary>Asks.</summary>
    /// <param name="ask">Asks once.</param>
    public static Task<T> Ask(Func<Task<T>> ask) => Ask(Pipeline, ask);

    /// <summary>Asks what may be answered as late as <see cref="StatusMark.LongestWait"/>.</summary>
    /// <param name="ask">Asks once.</param>
    public static Task<T> AskAndWait(Func<Task<T>> ask) => Ask(LatePipeline, ask);

    private static async Task<T> Ask(ResiliencePipeline<T> pipeline, Func<Task<T>> ask) =>
        await pipeline.ExecuteAsync(async enough => await ask().WaitAsync(enough)); // Polly waits for the tries that it has given up
}
