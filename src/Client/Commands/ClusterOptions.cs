using System.CommandLine;
using System.CommandLine.Parsing;
using Granary.Sdk.Connecting;

namespace Granary.Client.Commands;

/// <summary>Which cluster a command asks: --home, --url and --context, over the environment, over the context that the user has chosen.</summary>
internal static class ClusterOptions
{
    private const string Home = "--home";
    private const string Url = "--url";
    private const string Context = "--context";

    // They have to do with processes of this machine.
    private static readonly string[] OfThisMachine = ["up", "down", "scale", "logs", "chaos", "supervise", "train"];

    /// <summary>What the command that runs was told.</summary>
    public static ClusterChoice Choice { get; private set; } = new();

    /// <summary>Gives every command that asks a cluster the other ways to name one.</summary>
    public static void AddTo(IEnumerable<Command> commands)
    {
        foreach (var command in commands)
        {
            AddTo(command.Subcommands);
            if (command.Options.Any(o => o.Name == Home) && !OfThisMachine.Contains(command.Name))
            {
                command.Options.Add(new Option<string>(Url) { Description = "The cluster's HTTP API, as in https://HOST:PORT, instead (GRANARY_URL)." });
                command.Options.Add(new Option<string>(Context) { Description = "A cluster that was logged in to, instead; local: that of this machine." });
            }
        }
    }

    /// <summary>Takes what a command was told.</summary>
    /// <exception cref="UserException">It was told of more than one cluster.</exception>
    public static void Take(ParseResult result)
    {
        Choice = new ClusterChoice { HasHome = Result(result, Home) is { Implicit: false }, Url = Text(result, Url), Context = Text(result, Context) };
        if ((Choice.HasHome ? 1 : 0) + (Choice.Url is null ? 0 : 1) + (Choice.Context is null ? 0 : 1) > 1)
        {
            throw new UserException(ExitCode.Usage, $"{Home}, {Url} and {Context} each name a cluster: give one of them.");
        }
    }

    private static OptionResult? Result(ParseResult result, string name) =>
        result.CommandResult.Command.Options.FirstOrDefault(o => o.Name == name) is { } option ? result.GetResult(option) : null;

    private static string? Text(ParseResult result, string name) => Result(result, name)?.Tokens is [.., var last] ? last.Value : null;
}
