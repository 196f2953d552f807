using System.CommandLine;
using Granary.Sdk.Connecting;

namespace Granary.Client.Commands;

/// <summary><c>granary logout</c>: forgets a context with its token.</summary>
internal static class LogoutCommand
{
    public static Command Create()
    {
        var name = new Argument<string?>("context") { Description = "The context (default: the one that commands ask).", Arity = ArgumentArity.ZeroOrOne };
        return new Command("logout", "Forgets a cluster that was logged in to, and the token. Commands then ask the cluster of this machine.") { name }.Does((result, _) =>
        {
            var file = ContextFile.OfUser;
            var context = result.GetValue(name) ?? file.Read().Current
                ?? throw new UserException(ExitCode.Usage, "commands ask the cluster of this machine: there is nothing to log out of. Others: granary context list");
            file.Remove(context);
            CommandParts.Result($"{context} is forgotten. The token is worth something still: granary token revoke NAME ends that");
            return Task.FromResult(ExitCode.Done);
        });
    }
}
