using System.Globalization;
using Granary.Contracts;
using Granary.Jobs;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Granary.Client.Display;

/// <summary>A job's progress for a terminal: bar, figures, the loss as it falls, and a row per silo. A pure function of what has been
/// seen, of the window and of what the terminal can show.</summary>
internal static class JobPanel
{
    private const int ChartRows = 6;
    private const int Widest = 110;

    // Border and padding on both sides; below the least width they would leave no room for what they surround.
    private const int Frame = 4;
    private const int LeastWidth = 36;
    private const int LeastChart = 20;
    private const int Label = 10;

    /// <summary>The lines to draw.</summary>
    /// <param name="history">What has been seen of the job.</param>
    /// <param name="terminal">What can be shown.</param>
    /// <param name="width">Columns that there are.</param>
    /// <param name="height">Rows that there are: what finds no room is left out, the curve first.</param>
    public static IReadOnlyList<string> Lines(JobHistory history, Terminal terminal, int width, int height)
    {
        if (history.Status is not { } s)
        {
            return ["waiting for the job"];
        }

        if (width < LeastWidth || height <= Frame)
        {
            return [.. Render(Bar(history, s, terminal, width), terminal, width), JobLine.Of(history)];
        }

        var inner = Math.Min(width - Frame, Widest);
        IReadOnlyList<string> lines = [];
        foreach (var (curve, silos) in new[] { (true, true), (false, true), (false, false) })
        {
            lines = Render(Panel(history, s, terminal, inner, curve, silos ? height : 0), terminal, width);
            if (lines.Count <= height)
            {
                break;
            }
        }

        return lines;
    }

    private static Panel Panel(JobHistory history, JobStatus s, Terminal terminal, int inner, bool curve, int silos)
    {
        var rows = new List<IRenderable> { Bar(history, s, terminal, inner), Figures(history, s) };
        if (curve && history.Points.Count > 1 && inner - Label >= LeastChart)
        {
            rows.Add(Text.Empty);
            rows.AddRange(Chart(history, terminal, inner));
        }

        if (silos > 0 && s.Members.Count > 0)
        {
            rows.Add(Text.Empty);
            rows.AddRange(Silos(s, inner).Select(l => new Text(l)));
        }

        // A header that is too long would be cut, and an id with it.
        var (state, fits) = (s.State.ToString().ToLowerInvariant(), s.JobId.Length + s.State.ToString().Length + Frame <= inner);
        if (!fits)
        {
            rows.Insert(0, new Text($"{s.JobId} {state}"));
        }

        return new Panel(new Rows(rows))
        {
            Header = fits ? new PanelHeader($" {Markup.Escape(s.JobId)}  [bold]{state}[/] ") : null,
            Border = terminal.Unicode ? BoxBorder.Rounded : BoxBorder.Ascii,
        };
    }

    private static string[] Render(IRenderable what, Terminal terminal, int width)
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = terminal.Colour ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = terminal.Colour ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        console.Profile.Width = width;
        console.Profile.Capabilities.Unicode = terminal.Unicode;
        console.Write(what);
        return text.ToString().TrimEnd('\n').Split('\n');
    }

    // Full and empty differ in shape, for where there are no colours.
    private static Markup Bar(JobHistory history, JobStatus s, Terminal terminal, int width)
    {
        if (s.Steps == 0)
        {
            return new Markup($"[grey]{Markup.Escape(s.Activity.Length > 0 ? s.Activity : "waiting")}[/]");
        }

        var left = history.SecondsLeft is { } seconds && s.Step < s.Steps ? $"  {Duration(seconds)} left" : "";
        var text = string.Create(CultureInfo.InvariantCulture, $" {100.0 * s.Step / s.Steps,3:0} %{left}");
        var length = Math.Max(1, width - text.Length - 1);
        var full = (int)(length * s.Step / s.Steps);
        var (done, open) = terminal.Unicode ? ('█', '░') : ('#', '.');
        return new Markup($"[green]{new string(done, full)}[/][grey]{new string(open, length - full)}[/]{text}");
    }

    private static Markup Figures(JobHistory history, JobStatus s) => new(Markup.Escape(
        s.WaitingFor is { } waiting ? "waiting: " + waiting
        : s.State == JobState.Running && s.Activity is { Length: > 0 } and not "training" ? s.Activity : JobLine.Of(history)));

    private static IEnumerable<IRenderable> Chart(JobHistory history, Terminal terminal, int width)
    {
        double[] losses = [.. history.Points.Select(p => p.Loss)];
        var scale = CurveScale.Of(losses);
        var lines = Curve.Draw(losses, scale, width - Label, ChartRows, terminal.Unicode);
        for (var i = 0; i < lines.Count; i++)
        {
            var label = i == 0 ? Number(scale.High) : i == lines.Count - 1 ? Number(scale.Low) : "";
            yield return new Markup($"[grey]{label,Label - 1}[/] [yellow]{lines[i]}[/]");
        }
    }

    private static string Number(double value) => value.ToString(
        value == 0 || Math.Abs(value) is >= 1e-3 and < 1e4 ? "0.0000" : "0.00e+0", CultureInfo.InvariantCulture);

    private static IEnumerable<string> Silos(JobStatus s, int width)
    {
        var table = new TextTable(text: false, "silo", ">pid", ">shards", ">compute/step", ">exchange/step");
        foreach (var m in s.Members)
        {
            table.Add(
                m.Name,
                m.Pid.ToString(CultureInfo.InvariantCulture),
                m.EndShard > m.FirstShard ? string.Create(CultureInfo.InvariantCulture, $"{m.FirstShard}-{m.EndShard - 1}") : "none",
                Quantity.OfDuration(m.ComputeSeconds),
                Quantity.OfDuration(m.ExchangeSeconds));
        }

        return table.Lines(width);
    }

    private static string Duration(double seconds)
    {
        var time = TimeSpan.FromSeconds(seconds);
        return time.TotalHours >= 1 ? $"{(int)time.TotalHours}:{time:mm\\:ss}" : $"{time:m\\:ss}";
    }
}
