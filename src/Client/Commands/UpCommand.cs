using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Granary.Client.Display;
using Granary.Client.Local;
using Granary.Jobs;

namespace Granary.Client.Commands;

/// <summary><c>granary up</c>: a lasting local cluster, kept up by a process of its own.</summary>
internal static class UpCommand
{
    // Longer than the supervisor waits for a silo. The supervisor detects a start that hangs, and ends when no silo starts.
    private static readonly TimeSpan StartTime = TimeSpan.FromMinutes(11);

    public static Command Create()
    {
        var home = CommandParts.Home();
        var silos = new Option<int>("--silos") { Description = "Silo processes.", DefaultValueFactory = _ => 2 };
        var jobs = CommandParts.JobsAtOnce(1);
        var kernels = CommandParts.Kernels();
        var ui = UiOption.Port();
        var dashboard = new Option<bool>("--dashboard") { Description = "Start the Aspire dashboard too, where it is installed, and send traces and metrics there." };
        return new Command("up", "Starts a lasting local cluster.") { silos, jobs, kernels, ui, dashboard, home }.Does(async (result, cancellation) =>
        {
            if (result.GetValue(silos) < 1)
            {
                throw new UserException(ExitCode.Usage, $"--silos is {result.GetValue(silos)}, but must be at least 1.");
            }

            CommandParts.AtLeastOne("--jobs", result.GetValue(jobs));
            _ = UiOption.Of(result.GetValue(ui)!);
            CommandParts.UseKernels(result.GetValue(kernels));
            var place = CommandParts.LocalHome(result.GetValue(home)!, "Start its silos where they run, as with granary silo or kubectl scale.");
            if (place.Running() is { } running)
            {
                CommandParts.Result($"a cluster of {Plural.Of(running.Silos, "silo")} runs already under {place.Path}{At(running)}");
                return ExitCode.Done;
            }

            var program = result.GetValue(dashboard) ? AspireDashboard.Find() : null;
            place.Make(); // what is refused is refused before anything is said to start
            ClusterRecord up;
            using (var narrator = Narrator.OfThisProcess())
            {
                narrator.Starting(result.GetValue(silos));
                up = await Start(place, result.GetValue(silos), result.GetValue(jobs), result.GetValue(ui)!, program, cancellation);
            }

            CommandParts.Result(up.Joined == up.Silos
                ? Up(up.Silos, place) + At(up)
                : $"{up.Joined} of {Plural.Of(up.Silos, "silo")} {(up.Joined == 1 ? "is" : "are")} up under {place.Path}; the others ended as they started, and are started again. See: granary logs");
            return ExitCode.Done;
        });
    }

    /// <summary>Says how many silos are up.</summary>
    internal static string Up(int silos, ClusterHome home) => $"{Plural.Of(silos, "silo")} {(silos == 1 ? "is" : "are")} up under {home.Path}";

    private static string At(ClusterRecord up) => UiOption.At(up.Web) + (up.Dashboard is { } dashboard ? $"\nits telemetry: {dashboard}" : "");

    private static async Task<ClusterRecord> Start(ClusterHome home, int silos, int jobs, string ui, string? dashboard, CancellationToken cancellation)
    {
        var log = Path.Combine(home.Logs, "supervisor.log");
        SiloLog.TurnOver(log);
        var host = Environment.ProcessPath!;
        string[] own = Path.GetFileNameWithoutExtension(host) == "dotnet" ? [host, typeof(UpCommand).Assembly.Location] : [host];

        // A session of its own: it must outlive this terminal.
        using var supervisor = Process.Start("setsid",
        [
            "sh", "-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1 </dev/null", "sh", log,
            .. own, "supervise", "--home", home.Path, "--silos", silos.ToString(CultureInfo.InvariantCulture),
            "--jobs", jobs.ToString(CultureInfo.InvariantCulture), "--ui-port", ui,
            .. dashboard is null ? Array.Empty<string>() : ["--dashboard", dashboard],
        ]);
        var since = Stopwatch.StartNew();
        ClusterRecord? record;
        while ((record = home.Running()) is null)
        {
            if (supervisor.HasExited || since.Elapsed > StartTime)
            {
                if (!supervisor.HasExited)
                {
                    Signal.Send(supervisor.Id, Signal.Terminate);
                }

                throw new UserException(ExitCode.Unreachable, $"the cluster did not come up; see {log}:\n{string.Join('\n', StackLines.Without(File.ReadLines(log)).TakeLast(15))}");
            }

            await Task.Delay(50, cancellation);
        }

        return record;
    }
}
