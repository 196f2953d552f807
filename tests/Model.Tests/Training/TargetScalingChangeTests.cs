using Granary.Jobs;
using Granary.Model.Training;

namespace Granary.Model.Tests.Training;

public class TargetScalingChangeTests
{
    private static readonly TargetScaling Usual = new(250, 80);

    [Fact]
    public void Weights_that_meet_another_target_are_warned_of()
    {
        Assert.Null(ScalingChange.OfTarget(null, null));
        Assert.Null(ScalingChange.OfTarget(Usual, new TargetScaling(251, 81))); // another split of the same data
        Assert.Contains("set data.standardizeTarget to true", ScalingChange.OfTarget(null, Usual));
        Assert.Contains("leave data.standardizeTarget out", ScalingChange.OfTarget(Usual, null));
        Assert.Contains("mean 250 and deviation 80 here, 300 and 80 there", ScalingChange.OfTarget(Usual, new TargetScaling(300, 80)));
        Assert.Contains("250 and 160 there", ScalingChange.OfTarget(Usual, new TargetScaling(250, 160)));
    }
}
