using System.CommandLine;
using Granary.Silo.Commands;

return await new RootCommand("One silo of a Granary cluster, and what needs its libraries but no cluster.")
{
    SiloCommand.Create(),
    CheckCommand.Create(),
    PredictCommand.Create(),
    GenerateCommand.Create(),
    ExportCommand.Create(),
}.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null }); // the host listens for signals itself
