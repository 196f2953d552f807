using Granary.Client.Display;

namespace Granary.Cluster.Tests.Display;

public class TerminalTests
{
    private static Terminal Of(bool isTerminal, params (string Name, string Value)[] variables) =>
        Terminal.Of(isTerminal, name => variables.Where(v => v.Name == name).Select(v => v.Value).FirstOrDefault());

    [Fact]
    public void Lines_are_drawn_again_on_a_terminal_alone() => Assert.Equal(
        (true, false), (Of(true, ("TERM", "xterm-256color")).Live, Of(false, ("TERM", "xterm-256color")).Live));

    [Theory]
    [InlineData("dumb")]
    [InlineData("")]
    public void A_dumb_terminal_gets_plain_lines(string term) => Assert.False(Of(true, ("TERM", term)).Live);

    [Fact]
    public void A_terminal_of_no_name_gets_plain_lines() => Assert.False(Of(true).Live);

    [Theory]
    [InlineData("NO_COLOR", "1", false)]
    [InlineData("NO_COLOR", "", true)]
    [InlineData("CLICOLOR", "0", false)]
    [InlineData("CLICOLOR", "1", true)]
    public void Colours_can_be_declined(string variable, string value, bool colour)
    {
        var terminal = Of(true, ("TERM", "xterm"), (variable, value));
        Assert.Equal((true, colour), (terminal.Live, terminal.Colour));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(true, "LANG", "de_DE.UTF-8")]
    [InlineData(true, "LANG", "C.utf8")]
    [InlineData(false, "LANG", "C")]
    [InlineData(false, "LANG", "de_DE.ISO-8859-1")]
    [InlineData(false, "LANG", "de_DE.UTF-8", "LC_ALL", "POSIX")]
    [InlineData(true, "LANG", "C", "LC_CTYPE", "C.UTF-8")]
    [InlineData(true, "LANG", "C.UTF-8", "LC_ALL", "")]
    public void The_locale_says_what_can_be_drawn(bool unicode, params string[] variables) => Assert.Equal(
        unicode, Of(true, [("TERM", "xterm"), .. variables.Chunk(2).Select(v => (v[0], v[1]))]).Unicode);
}
