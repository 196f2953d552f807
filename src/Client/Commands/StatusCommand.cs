using System.CommandLine;
using System.Globalization;
using Granary.Client.Display;
using Spectre.Console;

namespace Granary.Client.Commands;

/// <summary><c>granary status</c></summary>
internal static class StatusCommand
{
    public static Command Create()
    {
        var (home, json) = (CommandParts.Home(), CommandParts.Json());
        return new Command("status", "The cluster's living silos.") { home, json }.Does((result, cancellation) =>
            CommandParts.AskCluster(result.GetValue(home)!, cancellation, async client =>
            {
                var silos = await client.Silos();
                if (result.GetValue(json))
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
                        }),
                    });
                    return ExitCode.Done;
                }

                var table = new Table { Border = TableBorder.None };
                table.AddColumns("silo", "state", "pid", "threads", "device", "address");
                foreach (var s in silos)
                {
                    table.AddRow(
                        s.Name,
                        s.State,
                        s.Pid.ToString(CultureInfo.InvariantCulture),
                        s.Threads.ToString(CultureInfo.InvariantCulture),
                        s.Device,
                        s.Address);
                }

                AnsiConsole.Write(table);
                return ExitCode.Done;
            }));
    }
}
