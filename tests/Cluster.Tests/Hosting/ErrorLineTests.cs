using Granary.Sdk.Local;
using Granary.Silo.Hosting;

namespace Granary.Cluster.Tests;

/// <summary>No stack reaches a user: not from a silo, and not from what a native library or the runtime writes as they abort it.</summary>
public sealed class ErrorLineTests
{
    [Fact]
    public void An_error_is_one_line_with_its_causes_and_without_its_stack()
    {
        var line = ErrorLine.Of(Thrown());
        Assert.Equal("the silo could not join <- IOException: the disk is full <- InvalidOperationException: deepest", line);
    }

    [Fact]
    public void A_text_that_holds_a_stack_is_told_without_it()
    {
        var text = $"it broke:\n{Thrown()}";
        Assert.Contains(".cs:line", text); // what is taken out is there
        var line = ErrorLine.Of(text);
        Assert.DoesNotContain("\n", line);
        Assert.DoesNotMatch(@"\bat Granary\.|\.cs:line|--- End of", line);
        Assert.Contains("the disk is full", line);
        Assert.Equal("meet me at noon (room 3)", ErrorLine.Of("meet me\nat noon (room 3)"));
    }

    [Fact]
    public void A_log_is_shown_without_frames_and_whole_otherwise()
    {
        string[] own = ["ready silo-1", "at last (it works)", "Unhandled exception. System.InvalidOperationException: no", "-- telemetry --", ""];
        var frames = Thrown().ToString().Split('\n').Where(l => l.TrimStart().StartsWith("at ", StringComparison.Ordinal) || l.Contains("--- End", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(frames);
        string[] aborted = ["   at System.Environment.FailFast(System.String, System.Exception)", "   at Orleans.Runtime.X`1+<Run>d__3[[System.__Canon, System]].MoveNext()"];
        Assert.Equal(own, StackLines.Without([.. own[..2], .. frames, .. aborted, .. own[2..]]));
        Assert.Equal(own, StackLines.Without(new StringReader(string.Join('\n', [.. frames, .. own[..^1], .. aborted, "\n"]))));
    }

    private static AggregateException Thrown()
    {
        try
        {
            try
            {
                try
                {
                    throw new InvalidOperationException("deepest");
                }
                catch (InvalidOperationException e)
                {
                    throw new IOException("the disk\nis full", e);
                }
            }
            catch (IOException e)
            {
                throw new InvalidDataException("the silo could not join", e);
            }
        }
        catch (InvalidDataException e)
        {
            return new AggregateException(e);
        }
    }
}
