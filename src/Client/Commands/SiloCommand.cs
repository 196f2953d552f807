using System.CommandLine;
using System.Diagnostics;

namespace Granary.Client.Commands;

/// <summary><c>granary silo ...</c>: one silo in the foreground; its options are the silo program's own.</summary>
internal static class SiloCommand
{
    /// <summary>Its entry in the list of commands; what follows it is never parsed here.</summary>
    public static Command Create() => new("silo", "Runs one silo in the foreground; see: granary silo --help.");

    /// <summary>Runs the silo until it ends; returns its exit code.</summary>
    public static async Task<int> Run(IEnumerable<string> options)
    {
        using var interruption = new Interruption();
        try
        {
            using var process = Process.Start(SiloExecutable.Start(["silo", .. options]))!;
            using var stop = interruption.Token.Register(() => Signal.Send(process.Id, Signal.Terminate));
            await process.WaitForExitAsync(CancellationToken.None);
            return process.ExitCode;
        }
        catch (GranaryException e)
        {
            await Console.Error.WriteLineAsync($"granary: {e.Message}");
            return ExitCode.Of(e);
        }
    }
}
