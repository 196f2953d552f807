using Granary.Contracts;
using Granary.Grains.Channel;
using Granary.Grains.Exchange;
using Granary.Grains.Workers;

namespace Granary.Grains.Tests;

public sealed class StepTroubleTests
{
    public static TheoryData<string, TroubleKind, int?, int?, string> Causes => new()
    {
        { "loss", TroubleKind.NonFiniteLoss, 3, null, "the loss became NaN; LAST" },
        { "gradient", TroubleKind.NonFiniteGradient, null, null, "the gradient became infinite; LAST" },
        { "weights", TroubleKind.NonFiniteWeights, null, null, "a weight became minus infinity; LAST" },
        { "peer", TroubleKind.LostPeer, null, 2, "it closed the connection" },
        { "other", TroubleKind.Exception, null, null, "ArithmeticException: odd" },
    };

    [Theory]
    [MemberData(nameof(Causes))]
    public void What_ended_the_steps_is_told_with_its_kind_shard_and_peer(string what, TroubleKind kind, int? shard, int? peer, string message)
    {
        var trouble = StepTrouble.Of(Small(), committed: 7, Cause(what), "; LAST");

        Assert.Equal(new WorkerTrouble(new GenerationId("job", 4), 1, kind, 7, shard, peer, message), trouble);
    }

    [Fact]
    public void Those_that_wait_for_the_worker_get_exceptions_that_travel()
    {
        Assert.Equal("member 2: it closed the connection", Assert.IsType<LostPeerException>(StepTrouble.ForWaiters(Cause("peer"))).Message);
        var other = Cause("other");
        Assert.Same(other, StepTrouble.ForWaiters(other));
    }

    private static Exception Cause(string what) => what switch
    {
        "loss" => new NonFiniteException(7, 3, NonFinitePart.Loss, double.NaN),
        "gradient" => new NonFiniteException(7, null, NonFinitePart.Gradient, double.PositiveInfinity),
        "weights" => new NonFiniteException(7, null, NonFinitePart.Weights, double.NegativeInfinity),
        "peer" => new ChannelException(2, "it closed the connection"),
        _ => new ArithmeticException("odd"),
    };

    private static TrainingTask Small() => new(
        new Assignment(new GenerationId("job", 4), null!, 1, []), null!, [], null!, null!);
}
