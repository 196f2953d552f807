using System.Text;

namespace Granary.Client.Display;

/// <summary>What the terminal behind standard error can show. Plain rules over the environment.</summary>
/// <param name="Live">Whether lines can be drawn again: it is a terminal, and no dumb one.</param>
/// <param name="Colour">Whether colours are wanted.</param>
/// <param name="Unicode">Whether more than ASCII can be drawn.</param>
internal sealed record Terminal(bool Live, bool Colour, bool Unicode)
{
    private const int PlainWidth = 80;
    private const int PlainHeight = 24;

    /// <summary>That of this process.</summary>
    public static Terminal Errors { get; } = Of(!Console.IsErrorRedirected, Environment.GetEnvironmentVariable);

    /// <summary>What is drawn goes out whole: what the terminal itself writes meanwhile, such as ^C, would stand amid it.</summary>
    public static TextWriter Screen { get; } =
        new LenientWriter(new StreamWriter(Console.OpenStandardError(), new UTF8Encoding(false), bufferSize: 1 << 16));

    /// <summary>What is drawn there just now; null: nothing.</summary>
    public static LiveText? Shown { get; set; }

    /// <summary>Says something on standard error that stays to be read: above what is drawn, where anything is.</summary>
    public static void Say(string line)
    {
        if (Shown is { } shown)
        {
            shown.Say(line);
        }
        else
        {
            Console.Error.WriteLine(line);
        }
    }

    /// <summary>Width of the terminal behind standard output in characters; null where there is none: a pipe or a file has no width.</summary>
    public static int? OutputWidth => Console.IsOutputRedirected ? null : Size().Width;

    /// <summary>Columns and rows just now: a window may be resized at any time.</summary>
    public static (int Width, int Height) Size()
    {
        try
        {
            return (Console.WindowWidth > 0 ? Console.WindowWidth : PlainWidth, Console.WindowHeight > 0 ? Console.WindowHeight : PlainHeight);
        }
        catch (IOException)
        {
            return (PlainWidth, PlainHeight);
        }
    }

    /// <summary>Reads it off.</summary>
    /// <param name="isTerminal">Whether standard error is a terminal.</param>
    /// <param name="variable">The value of an environment variable.</param>
    public static Terminal Of(bool isTerminal, Func<string, string?> variable)
    {
        var live = isTerminal && variable("TERM") is { Length: > 0 } and not "dumb";
        var colour = live && variable("NO_COLOR") is not { Length: > 0 } && variable("CLICOLOR") != "0";
        return new Terminal(live, colour, IsUnicode(variable));
    }

    // The first variable that is set decides, as in any program. Without any of them .NET writes UTF-8, and so do terminals of today.
    private static bool IsUnicode(Func<string, string?> variable)
    {
        var locale = new[] { "LC_ALL", "LC_CTYPE", "LANG" }.Select(variable).FirstOrDefault(v => v is { Length: > 0 });
        return locale is null || locale.Contains("UTF-8", StringComparison.OrdinalIgnoreCase) || locale.Contains("UTF8", StringComparison.OrdinalIgnoreCase);
    }
}
