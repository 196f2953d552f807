using System.Diagnostics;

namespace Granary.Client.Local;

/// <summary>Commands that need torch but no cluster: the silo's program runs them and writes straight to this one's standard
/// output.</summary>
internal static class SiloProgram
{
    /// <exception cref="UserException">It ended with an error; the message is what it said.</exception>
    public static async Task<int> Run(IEnumerable<string> arguments, CancellationToken cancellation)
    {
        var info = SiloExecutable.Start(arguments);
        info.RedirectStandardError = true;
        using var process = Process.Start(info)!;
        using var stop = cancellation.Register(() => Signal.Send(process.Id, Signal.Terminate)); // it removes what it has not finished
        var errors = await process.StandardError.ReadToEndAsync(CancellationToken.None);
        await process.WaitForExitAsync(CancellationToken.None);
        cancellation.ThrowIfCancellationRequested();
        if (process.ExitCode != ExitCode.Done)
        {
            throw new UserException(process.ExitCode, errors.Trim());
        }

        await Console.Error.WriteAsync(errors);
        return ExitCode.Done;
    }
}
