using Granary.Grains.Coordination;
using Granary.Jobs;

namespace Granary.Grains.Tests;

public class RunStateTests
{
    private static DataFacts Facts(string? pixels, params string[] classes) => new(new InputShape(4, classes.Length), classes, [9], [1], null) { PixelType = pixels };

    [Fact]
    public void A_run_of_an_earlier_build_which_did_not_note_the_type_of_pixels_goes_on()
    {
        new RunState("j", Facts(null, "a", "b"), 1, []).RequireSame(Facts("ubyte", "a", "b"));
        new RunState("j", Facts("ubyte", "a", "b"), 1, []).RequireSame(Facts("ubyte", "a", "b"));
        Assert.Throws<JobException>(() => new RunState("j", Facts("ubyte", "a", "b"), 1, []).RequireSame(Facts("int16", "a", "b")));
        Assert.Throws<JobException>(() => new RunState("j", Facts(null, "a", "b"), 1, []).RequireSame(Facts("ubyte", "a", "c")));
    }
}
