using System.Globalization;
using Granary.Contracts;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Granary.Client.Display;

/// <summary>A job's progress for a terminal: bar, figures, the loss as it falls, and a row per silo. A pure function of what
/// has been seen.</summary>
internal static class JobPanel
{
    private const int ChartRows = 6;

    public static IRenderable Of(JobHistory history, int width)
    {
        var s = history.Status;
        if (s is null)
        {
            return new Markup("[grey]starting[/]");
        }

        var inner = Math.Clamp(width - 4, 40, 110);
        var rows = new List<IRenderable> { Bar(history, s, inner), Figures(history, s) };
        if (history.Points.Count > 1)
        {
            rows.Add(Text.Empty);
            rows.AddRange(Curve(history, inner));
        }

        if (s.Members.Count > 0)
        {
            rows.Add(Text.Empty);
            rows.Add(Silos(s));
        }

        return new Panel(new Rows(rows))
        {
            Header = new PanelHeader($" {Markup.Escape(s.JobId)}  [bold]{s.State.ToString().ToLowerInvariant()}[/] "),
            Border = BoxBorder.Rounded,
        };
    }

    private static Markup Bar(JobHistory history, JobStatus s, int width)
    {
        if (s.Steps == 0)
        {
            return new Markup($"[grey]{Markup.Escape(s.Activity.Length > 0 ? s.Activity : "waiting")}[/]");
        }

        var left = history.SecondsLeft is { } seconds && s.Step < s.Steps ? $"  {Duration(seconds)} left" : "";
        var text = string.Create(CultureInfo.InvariantCulture, $" {100.0 * s.Step / s.Steps,3:0} %{left}");
        var length = Math.Max(10, width - text.Length - 1);
        var full = (int)(length * s.Step / s.Steps);
        return new Markup($"[green]{new string('━', full)}[/][grey]{new string('━', length - full)}[/]{text}");
    }

    private static Markup Figures(JobHistory history, JobStatus s) => new(Markup.Escape(
        s.State == JobState.Running && s.Activity is { Length: > 0 } and not "training" ? s.Activity : JobLine.Of(history)));

    private static IEnumerable<IRenderable> Curve(JobHistory history, int width)
    {
        var losses = history.Points.Select(p => p.Loss).ToArray();
        var lines = Braille.Chart(losses, width - 11, ChartRows);
        for (var i = 0; i < lines.Count; i++)
        {
            var label = i == 0 ? Number(losses.Max()) : i == lines.Count - 1 ? Number(losses.Min()) : "";
            yield return new Markup($"[grey]{label,9}[/] [yellow]{lines[i]}[/]");
        }
    }

    private static string Number(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);

    private static Table Silos(JobStatus s)
    {
        var table = new Table { Border = TableBorder.None };
        table.AddColumns("[grey]silo[/]", "[grey]pid[/]", "[grey]shards[/]", "[grey]compute/step[/]", "[grey]exchange/step[/]");
        foreach (var m in s.Members)
        {
            table.AddRow(
                Markup.Escape(m.Name),
                m.Pid.ToString(CultureInfo.InvariantCulture),
                m.EndShard > m.FirstShard ? string.Create(CultureInfo.InvariantCulture, $"{m.FirstShard}-{m.EndShard - 1}") : "none",
                string.Create(CultureInfo.InvariantCulture, $"{m.ComputeSeconds * 1e3:0.00} ms"),
                string.Create(CultureInfo.InvariantCulture, $"{m.ExchangeSeconds * 1e3:0.00} ms"));
        }

        return table;
    }

    private static string Duration(double seconds)
    {
        var time = TimeSpan.FromSeconds(seconds);
        return time.TotalHours >= 1 ? $"{(int)time.TotalHours}:{time:mm\\:ss}" : $"{time:m\\:ss}";
    }
}
