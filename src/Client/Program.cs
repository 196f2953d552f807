using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Granary.Client;
using Granary.Client.Commands;
using Granary.Client.Display;

LenientWriter.ForStandardError(); // a terminal that is gone ends no training

AppDomain.CurrentDomain.UnhandledException += (_, e) => Environment.Exit(UnforeseenError.Report(e.ExceptionObject as Exception)); // also on threads that are not awaited
if (args is ["silo", .. var options])
{
    return await SiloCommand.Run(options); // even --help is the silo's own
}

var command = CommandTree.Create().Parse(SetPairs.Spread(args));
if (command.Action is ParseErrorAction)
{
    var names = new Stack<string>();
    for (SymbolResult? at = command.CommandResult; at is CommandResult { Command: not RootCommand } inner; at = at.Parent)
    {
        names.Push(inner.Command.Name);
    }

    var name = string.Join(' ', ["granary", .. names]);
    await Console.Error.WriteLineAsync($"granary: {string.Join(" ", command.Errors.Select(e => e.Message.ReplaceLineEndings(" ").Replace("\t", "", StringComparison.Ordinal)))} See: {name} --help");
    return ExitCode.Usage;
}

try
{
    return await command.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
}
#pragma warning disable CA1031 // a user sees one message, whatever it is
catch (Exception e)
#pragma warning restore CA1031
{
    return UnforeseenError.Report(e);
}
