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
        return new Command("supervise", "Keeps a local cluster's silos up, until told to stop.") { home, silos, jobs, ui }.Hide().Does(async (result, cancellation) =>
        {
            await Supervisor.Run(new ClusterHome(result.GetValue(home)!), LocalSettings.For(result.GetValue(silos), "none", result.GetValue(jobs)) with { WebPort = UiOption.Of(result.GetValue(ui)!) }, cancellation);
            return ExitCode.Done;
        });
    }

    private static Command Hide(this Command command)
    {
        command.Hidden = true;
        return command;
    }
}
