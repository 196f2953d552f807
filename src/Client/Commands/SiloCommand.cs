using System.CommandLine;
using System.Diagnostics;
using Granary.Client.Local;

namespace Granary.Client.Commands;

/// <summary><c>granary silo ...</c>: one silo in the foreground; its options are the silo program's own.</summary>
internal static class SiloCommand
{
    public static Command Create()
    {
        var rest = new Argument<string[]>("options") { Description = "Options of the silo: see granary silo -- --help.", Arity = ArgumentArity.ZeroOrMore };
        return new Command("silo", "Runs one silo in the foreground.") { rest, }.AcceptAnything().Does(async (result, _) =>
        {
            using var interruption = new Interruption();
            using var process = Process.Start(SiloExecutable.Start(["silo", .. result.GetValue(rest) ?? [], .. result.UnmatchedTokens]))!;
            using var stop = interruption.Token.Register(() => SiloProcess.Terminate(process.Id));
            await process.WaitForExitAsync(CancellationToken.None);
            return process.ExitCode;
        });
    }

    private static Command AcceptAnything(this Command command)
    {
        command.TreatUnmatchedTokensAsErrors = false;
        return command;
    }
}
