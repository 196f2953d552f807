using System.CommandLine;
using System.Diagnostics;
using Granary.Client.Display;
using Granary.Jobs;

namespace Granary.Client.Commands;

/// <summary><c>granary scale --silos N</c></summary>
internal static class ScaleCommand
{
    // A busy machine needs a minute for the start of a silo.
    private static readonly TimeSpan ScaleTime = TimeSpan.FromMinutes(3);

    public static Command Create()
    {
        var home = CommandParts.Home();
        var silos = new Option<int>("--silos") { Description = "Silo processes.", Required = true };
        return new Command("scale", "Starts or stops silos of the lasting local cluster; running jobs go on.") { silos, home }.Does(async (result, cancellation) =>
        {
            var wanted = result.GetValue(silos);
            if (wanted < 1)
            {
                throw new UserException(ExitCode.Usage, $"--silos is {wanted}, but must be at least 1. To stop them all: granary down.");
            }

            var place = CommandParts.LocalHome(result.GetValue(home)!, "Start and stop its silos where they run, as with kubectl scale.");
            _ = place.Address();
            place.Want(wanted);
            using (var narrator = Narrator.OfThisProcess())
            {
                narrator.Doing($"starting or stopping silos until {Plural.Of(wanted, "silo")} {(wanted == 1 ? "is" : "are")} up");
                await Reach(place, wanted, cancellation);
            }

            CommandParts.Result(UpCommand.Up(wanted, place));
            return ExitCode.Done;
        });
    }

    /// <summary>Waits until a cluster has as many silos as are wanted, all of them joined.</summary>
    /// <exception cref="UserException">It has ended, or has not come to that in three minutes.</exception>
    internal static async Task Reach(ClusterHome home, int wanted, CancellationToken cancellation)
    {
        for (var since = Stopwatch.StartNew(); ; await Task.Delay(50, cancellation))
        {
            if (home.Running() is not { } running)
            {
                throw new UserException(ExitCode.Unreachable,
                    $"the cluster under {home.Path} ended before it had {Plural.Of(wanted, "silo")}; see {Path.Combine(home.Logs, "supervisor.log")}. Start one with: granary up --home {home.Path}");
            }

            if (running.Silos == wanted && running.Joined == wanted)
            {
                return;
            }

            if (since.Elapsed > ScaleTime)
            {
                throw new UserException(ExitCode.Unreachable,
                    $"{running.Joined} of {Plural.Of(wanted, "silo")} {(running.Joined == 1 ? "is" : "are")} up after {ScaleTime.TotalSeconds:0} s; the cluster goes on with them, and on trying. See: granary status, granary logs");
            }
        }
    }
}
