using Granary.Contracts;
using Granary.Grains.Channel;
using Granary.Grains.Exchange;

namespace Granary.Grains.Workers;

/// <summary>Turns what ended a worker's steps into what the coordinator is told, and what those that wait for the worker are.</summary>
internal static class StepTrouble
{
    /// <summary>For the coordinator.</summary>
    /// <param name="task">The worker's part.</param>
    /// <param name="committed">Committed steps.</param>
    /// <param name="cause">What happened.</param>
    /// <param name="lastLoss">Says what the last finite loss was.</param>
    public static WorkerTrouble Of(TrainingTask task, long committed, Exception cause, string lastLoss)
    {
        WorkerTrouble Trouble(TroubleKind kind, int? shard, int? peer, string message) =>
            new(task.Assignment.Generation, task.Assignment.Rank, kind, committed, shard, peer, message);

        return cause switch
        {
            NonFiniteException { Part: NonFinitePart.Loss } e => Trouble(TroubleKind.NonFiniteLoss, e.Shard, null, $"the loss became {Name(e.Value)}{lastLoss}"),
            NonFiniteException { Part: NonFinitePart.Gradient } e => Trouble(TroubleKind.NonFiniteGradient, e.Shard, null, $"the gradient became {Name(e.Value)}{lastLoss}"),
            NonFiniteException e => Trouble(TroubleKind.NonFiniteWeights, e.Shard, null, $"a weight became {Name(e.Value)}{lastLoss}"),
            ChannelException e => Trouble(TroubleKind.LostPeer, null, e.Peer, e.Message),
            _ => Trouble(TroubleKind.Exception, null, null, $"{cause.GetType().Name}: {cause.Message}"),
        };
    }

    /// <summary>For those that wait until the worker is ready: the type must be one that travels.</summary>
    public static Exception ForWaiters(Exception cause) => cause is ChannelException e ? new LostPeerException($"member {e.Peer}: {e.Message}") : cause;

    private static string Name(double value) => double.IsNaN(value) ? "NaN" : value > 0 ? "infinite" : "minus infinity";
}
