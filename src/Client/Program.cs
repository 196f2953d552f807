using System.CommandLine;
using Granary.Client.Commands;

return await new RootCommand("Granary: distributed training for .NET.")
{
    TrainCommand.Create(),
    CheckCommand.Create(),
    UpCommand.Create(),
    DownCommand.Create(),
    StatusCommand.Create(),
    LogsCommand.Create(),
    SubmitCommand.Create(),
    JobsCommand.Create(),
    ShowCommand.Create(),
    WatchCommand.Create(),
    WaitCommand.Create(),
    CancelCommand.Create(),
    SiloCommand.Create(),
    SuperviseCommand.Create(),
}.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
