using Granary.Contracts;
using Granary.Grains.Checkpoints;
using Granary.Grains.Coordination;

namespace Granary.Grains.Tests;

/// <summary>What is tried again, how often and after what pauses.</summary>
public class RetryRuleTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_store_that_cannot_be_asked_is_waited_for_however_long(bool ofAWorker)
    {
        var rule = new RetryRule();
        Exception cause = ofAWorker ? new CheckpointUnavailableException("down") : new StoreUnavailableException("down");
        var fates = Enumerable.Range(0, 1000).Select(_ => rule.Decide(cause, 600)).ToArray();
        Assert.All(fates, f => Assert.Null(f.Failure));
        Assert.Equal([1, 2, 4, 8, 8], fates[..5].Select(f => f.Pause.TotalSeconds));
        Assert.All(fates[3..], f => Assert.Equal(8, f.Pause.TotalSeconds));

        // A step has been committed since: the next time it is asked soon.
        Assert.Equal(1, rule.Decide(cause, 601).Pause.TotalSeconds);
    }

    [Fact]
    public void Whatever_else_comes_again_and_again_without_a_step_ends_the_job()
    {
        var rule = new RetryRule();
        var fates = Enumerable.Range(0, 40).Select(_ => rule.Decide(new DamagedCheckpointException("torn"), 600)).ToArray();
        Assert.All(fates[..25], f => Assert.Null(f.Failure));
        Assert.Contains("gave up after 25 recoveries without a step between them; the last cause: torn", fates[25].Failure, StringComparison.Ordinal);
    }
}
