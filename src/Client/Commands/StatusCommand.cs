using System.CommandLine;
using System.Globalization;
using Granary.Client.Display;
using Granary.Contracts;

namespace Granary.Client.Commands;

/// <summary><c>granary status</c></summary>
internal static class StatusCommand
{
    public static Command Create()
    {
        var (home, json) = (CommandParts.Home(), CommandParts.Json());
        return new Command("status", "The cluster's living silos.") { home, json }.Does((result, cancellation) =>
            CommandParts.AskCluster(result.GetValue(home)!, cancellation, async client => Show(await client.ListSilosAsync(cancellation), result.GetValue(json))));
    }

    private static int Show(IReadOnlyList<SiloInfo> silos, bool json)
    {
        if (json)
        {
            JobDocument.Write(new
            {
                silos = silos.Select(s => new
                {
                    name = s.Name,
                    address = s.Address,
                    pid = s.Pid,
                    state = s.State,
                    threads = s.Threads,
                    device = s.Device,
                    gflops = s.Gflops,
                    platform = s.Platform,
                }),
            });
            return ExitCode.Done;
        }

        var table = new TextTable(text: false, "silo", "state", ">pid", ">threads", "device", ">GFLOP/s", "address");
        foreach (var s in silos)
        {
            table.Add(
                s.Name,
                s.State,
                s.Pid.ToString(CultureInfo.InvariantCulture),
                s.Threads.ToString(CultureInfo.InvariantCulture),
                s.Device,
                s.Gflops > 0 ? s.Gflops.ToString("0", CultureInfo.InvariantCulture) : "-",
                s.Address);
        }

        Console.Write(table.Text(Terminal.OutputWidth));
        return ExitCode.Done;
    }
}
