using Granary.Client.Display;
using Granary.Sdk.Local;
using Microsoft.Extensions.Time.Testing;

namespace Granary.Cluster.Tests.Display;

public sealed class NarratorTests : IDisposable
{
    private readonly Screen _screen = new(100);
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => _screen.Dispose();

    [Fact]
    public void Elsewhere_than_on_a_terminal_every_change_is_a_line_and_the_first_comes_at_once()
    {
        using var narrator = new Narrator(_screen, null, _time);
        narrator.Starting(2);
        Assert.Equal(["starting 2 silos"], _screen.Rows());
        narrator.Report(new("silo-1", StartStage.Starting));
        narrator.Report(new("silo-2", StartStage.Starting));
        narrator.DoingBriefly("connecting to the silos");
        narrator.Report(new("silo-2", StartStage.Joined));
        narrator.Say("a note");
        narrator.Report(new("silo-1", StartStage.Joined));
        Assert.Equal(["starting 2 silos", "silo-2 has joined (1 of 2)", "a note", "silo-1 has joined (2 of 2)"], _screen.Rows());
    }

    [Fact]
    public void A_terminal_has_one_line_that_tells_the_time_and_goes_away()
    {
        using var narrator = new Narrator(_screen, new LiveText(_screen, () => (100, 24)), _time);
        narrator.Doing("reading the data");
        narrator.Starting(2);
        Assert.Equal(["starting 2 silos; reading the data (0 s)"], _screen.Rows());
        narrator.Report(new("silo-1", StartStage.Starting));
        narrator.Report(new("silo-2", StartStage.Starting));
        narrator.Report(new("silo-2", StartStage.Joined));
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(["starting 2 silos: silo-1 starting, silo-2 joined; reading the data (3 s)"], _screen.Rows());
        narrator.Report(new("silo-1", StartStage.Joined));
        narrator.Say("a note");
        Assert.Equal(["a note", "reading the data (3 s)"], _screen.Rows());
        narrator.Done("reading the data");
        Assert.Equal(["a note"], _screen.Rows());
        narrator.Doing("connecting");
        narrator.Dispose();
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(["a note"], _screen.Rows());
    }

    [Fact]
    public void Many_silos_are_counted()
    {
        using var narrator = new Narrator(_screen, new LiveText(_screen, () => (100, 24)), _time);
        narrator.Starting(12);
        for (var i = 1; i <= 12; i++)
        {
            narrator.Report(new($"silo-{i}", i <= 5 ? StartStage.Joined : StartStage.Starting));
        }

        Assert.Equal(["starting 12 silos: 5 joined, 7 starting (0 s)"], _screen.Rows());
    }

    [Fact]
    public void One_silo_is_not_several()
    {
        using var narrator = new Narrator(_screen, null, _time);
        narrator.Starting(1);
        narrator.Report(new("silo-1", StartStage.Joined));
        Assert.Equal(["starting 1 silo", "silo-1 has joined (1 of 1)"], _screen.Rows());
    }
}
