using System.CommandLine;
using Granary.Client.Local;

namespace Granary.Client.Commands;

/// <summary>The process behind <c>granary up</c>.</summary>
internal static class SuperviseCommand
{
    public static Command Create()
    {
        var home = CommandParts.Home();
        var silos = new Option<int>("--silos") { DefaultValueFactory = _ => 2 };
        var jobs = CommandParts.JobsAtOnce(1);
        var ui = UiOption.Port();
        var dashboard = new Option<string?>("--dashboard");
        return new Command("supervise", "Keeps a local cluster's silos up, until told to stop.") { home, silos, jobs, ui, dashboard }.Hide().Does(async (result, cancellation) =>
        {
            var place = new ClusterHome(result.GetValue(home)!);
            using var shown = result.GetValue(dashboard) is { } program ? await AspireDashboard.Start(program, Path.Combine(place.Logs, "dashboard.log"), cancellation) : null;
            var settings = LocalSettings.For(result.GetValue(silos), shown is null ? "none" : "otlp", result.GetValue(jobs)) with
            {
                WebPort = UiOption.Of(result.GetValue(ui)!),
                Collector = shown?.Collector,
            };
            await Supervisor.Run(place, settings, cancellation, dashboard: shown?.Page);
            return ExitCode.Done;
        });
    }

    private static Command Hide(this Command command)
    {
        command.Hidden = true;
        return command;
    }
}
