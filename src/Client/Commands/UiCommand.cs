using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;

namespace Granary.Client.Commands;

/// <summary><c>granary ui</c>: the lasting cluster's page.</summary>
internal static class UiCommand
{
    public static Command Create()
    {
        var home = CommandParts.Home();
        var noOpen = new Option<bool>("--no-open") { Description = "Only print its address." };
        return new Command("ui", "Opens the cluster's web page in the browser, and prints its address.") { noOpen, home }.Does((result, _) =>
        {
            if (CommandParts.Remote() is { } remote)
            {
                return Task.FromResult(Show(remote.Url, !result.GetValue(noOpen)));
            }

            var place = CommandParts.LocalHome(result.GetValue(home)!, "Its silos serve the page at GRANARY_WEB_PORT where they run, as with kubectl port-forward.");
            if (place.Running() is not { } running)
            {
                throw new UserException(ExitCode.Unreachable, $"no cluster runs under {place.Path}. Start one with: granary up --home {place.Path}");
            }

            if (running.Web is not { } web)
            {
                throw new UserException(ExitCode.Usage, "this cluster serves no page: it was started with --ui-port none. To have one: granary down, then granary up");
            }

            return Task.FromResult(Show(web, !result.GetValue(noOpen)));
        });
    }

    private static int Show(Uri web, bool open)
    {
        CommandParts.Result(web.ToString());
        if (open && !Open(web))
        {
            Console.Error.WriteLine("no browser could be opened here: open the address in one.");
        }

        return ExitCode.Done;
    }

    private static bool Open(Uri web)
    {
        if (OperatingSystem.IsLinux() && !Array.Exists(["DISPLAY", "WAYLAND_DISPLAY"], v => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(v))))
        {
            return false; // there is no screen
        }

        try
        {
            using var browser = Process.Start(new ProcessStartInfo(OperatingSystem.IsMacOS() ? "open" : "xdg-open", [web.ToString()])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            });
            return browser is not null;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
