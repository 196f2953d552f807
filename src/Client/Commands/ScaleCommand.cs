using System.CommandLine;
using System.Diagnostics;
using Granary.Client.Local;

namespace Granary.Client.Commands;

/// <summary><c>granary scale --silos N</c></summary>
internal static class ScaleCommand
{
    private static readonly TimeSpan ScaleTime = TimeSpan.FromSeconds(60);

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

            var place = new ClusterHome(result.GetValue(home)!);
            _ = place.Address();
            place.Want(wanted);
            for (var since = Stopwatch.StartNew(); place.Running() is { } running && running.Silos != wanted;)
            {
                if (since.Elapsed > ScaleTime)
                {
                    throw new UserException(ExitCode.Unreachable, $"the cluster has {running.Silos} silos after {ScaleTime.TotalSeconds:0} s. See: granary status, granary logs");
                }

                await Task.Delay(50, cancellation);
            }

            await Console.Error.WriteLineAsync($"{wanted} silos are up under {place.Path}");
            return ExitCode.Done;
        });
    }
}
