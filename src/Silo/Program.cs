using System.CommandLine;
using Granary.Silo.Commands;

return await new RootCommand("One silo of a Granary cluster, and the check of a job without a cluster.")
{
    SiloCommand.Create(),
    CheckCommand.Create(),
}.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null }); // the host listens for signals itself
