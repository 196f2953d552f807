using System.CommandLine;
using System.CommandLine.Invocation;
using Granary.Silo.Commands;
using Granary.Silo.Hosting;

const int WrongUsage = 2;
var command = new RootCommand("One silo of a Granary cluster, and what needs its libraries but no cluster.")
{
    SiloCommand.Create(),
    CheckCommand.Create(),
    AuditCommand.Create(),
    PredictCommand.Create(),
    GenerateCommand.Create(),
    ExportCommand.Create(),
    NeighboursCommand.Create(),
}.Parse(args);
if (command.Action is ParseErrorAction)
{
    await Console.Error.WriteLineAsync(
        $"granary silo: {string.Join(" ", command.Errors.Select(e => e.Message))} See: granary {command.CommandResult.Command.Name} --help");
    return WrongUsage;
}

try
{
    // The host listens for signals itself.
    return await command.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
}
catch (SettingException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return WrongUsage;
}
