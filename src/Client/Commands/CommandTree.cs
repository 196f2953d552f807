using System.CommandLine;

namespace Granary.Client.Commands;

/// <summary>All commands of <c>granary</c>.</summary>
internal static class CommandTree
{
    /// <summary>The root command with every other one below it.</summary>
    public static RootCommand Create()
    {
        var root = Tree();
        ClusterOptions.AddTo(root.Subcommands);
        return root;
    }

    private static RootCommand Tree() => new("Granary: distributed training for .NET. What a command came to is on standard output; how it gets there, and what goes wrong, on standard error.")
    {
        TrainCommand.Create(),
        CheckCommand.Create(),
        InspectCommand.Create(),
        PlanCommand.Create(),
        SchemaCommand.Create(),
        EvaluateCommand.Create(),
        PredictCommand.Create(),
        GenerateCommand.Create(),
        NeighboursCommand.Create(),
        ExportCommand.Create(),
        UpCommand.Create(),
        DownCommand.Create(),
        StatusCommand.Create(),
        LogsCommand.Create(),
        UiCommand.Create(),
        SubmitCommand.Create(),
        SweepCommand.Create(),
        CvCommand.Create(),
        JobsCommand.Create(),
        ShowCommand.Create(),
        WatchCommand.Create(),
        WaitCommand.Create(),
        CancelCommand.Create(),
        PauseCommand.Create(),
        ResumeCommand.Create(),
        ScaleCommand.Create(),
        AuditCommand.Create(),
        WhyCommand.Create(),
        TopCommand.Create(),
        GoodputCommand.Create(),
        ChaosCommand.Create(),
        FetchCommand.Create(),
        LoginCommand.Create(),
        LogoutCommand.Create(),
        ContextCommand.Create(),
        TokenCommand.Create(),
        AuditLogCommand.Create(),
        SiloCommand.Create(),
        SuperviseCommand.Create(),
    };
}
