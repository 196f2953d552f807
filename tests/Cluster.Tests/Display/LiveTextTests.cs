using Granary.Client.Display;

namespace Granary.Cluster.Tests.Display;

public sealed class LiveTextTests : IDisposable
{
    private readonly Screen _screen = new(40);
    private (int Width, int Height) _size = (40, 10);

    public void Dispose() => _screen.Dispose();

    private LiveText Live() => new(_screen, () => _size);

    [Fact]
    public void Lines_take_the_place_of_those_before()
    {
        _screen.WriteLine("above");
        var live = Live();
        live.Draw((_, _) => ["one", "two", "three"]);
        Assert.Equal(["above", "one", "two", "three"], _screen.Rows());
        live.Draw((_, _) => ["four"]);
        Assert.Equal(["above", "four"], _screen.Rows());
        live.Clear();
        Assert.Equal(["above"], _screen.Rows());
    }

    [Fact]
    public void What_is_said_stays_above()
    {
        var live = Live();
        live.Draw((_, _) => ["one", "two"]);
        live.Say("said");
        live.Draw((_, _) => ["three"]);
        Assert.Equal(["said", "three"], _screen.Rows());
    }

    [Fact]
    public void Nothing_is_written_while_nothing_changes()
    {
        var live = Live();
        live.Draw((_, _) => ["one"]);
        var written = _screen.ToString();
        live.Draw((_, _) => ["one"]);
        Assert.Equal(written, _screen.ToString());
    }

    [Fact]
    public void A_line_keeps_within_the_window_and_ends_its_colour()
    {
        Live().Draw((width, _) => ["\x1b[32m" + new string('x', width + 5) + "\x1b[0m tail"]);
        Assert.Equal([new string('x', 39)], _screen.Rows());
        Assert.Contains("\x1b[0m", _screen.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_small_window_shows_the_first_lines()
    {
        _size = (40, 3);
        Live().Draw((_, _) => ["one", "two", "three", "four"]);
        Assert.Equal(["one", "two"], _screen.Rows());
    }

    // A terminal breaks what was drawn into more rows when its window becomes narrower: here it is drawn for the narrow one at once.
    [Fact]
    public void A_window_made_narrower_keeps_nothing_of_the_lines_before()
    {
        _size = (80, 10);
        _screen.WriteLine("above");
        var live = Live();
        live.Draw((_, _) => [new string('a', 70), new string('b', 70)]);
        Assert.Equal(5, _screen.Rows().Length);
        _size = (40, 10);
        live.Draw((width, _) => [new string('c', width)]);
        Assert.Equal(["above", new string('c', 39)], _screen.Rows());
    }
}
