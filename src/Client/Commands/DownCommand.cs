using System.CommandLine;
using System.Diagnostics;

namespace Granary.Client.Commands;

/// <summary><c>granary down</c></summary>
internal static class DownCommand
{
    public static Command Create()
    {
        var home = CommandParts.Home();
        return new Command("down", "Stops the lasting local cluster. Its job records stay.") { home }.Does(async (result, cancellation) =>
        {
            var place = CommandParts.LocalHome(result.GetValue(home)!, "Stop its silos where they run, as with kubectl scale.");
            if (place.Running() is not { } running)
            {
                CommandParts.Result($"no cluster runs under {place.Path}");
                return ExitCode.Done;
            }

            using var supervisor = Process.GetProcessById(running.SupervisorPid);
            Signal.Send(running.SupervisorPid, Signal.Terminate);
            await supervisor.WaitForExitAsync(cancellation);
            CommandParts.Result("the cluster is down");
            return ExitCode.Done;
        });
    }
}
