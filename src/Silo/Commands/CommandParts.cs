using System.CommandLine;
using Granary.Jobs;

namespace Granary.Silo.Commands;

/// <summary>What the commands without a cluster have in common. They are started by the command line, which has checked and
/// explained their options: here every option is required and says no more than its name.</summary>
internal static class CommandParts
{
    private const int Usage = 2;

    public static Argument<string> Model() => new("model");

    public static Option<T> Required<T>(string name) => new(name) { Required = true };

    /// <summary>Sets a command's action; what a user can mend ends with one message and code 2.</summary>
    public static Command Does(this Command command, Action<ParseResult> action)
    {
        command.SetAction(result =>
        {
            try
            {
                action(result);
                return 0;
            }
            catch (Exception e) when (e is JobException or IOException or UnauthorizedAccessException)
            {
                Console.Error.WriteLine(e.Message);
                return Usage;
            }
        });
        return command;
    }
}
