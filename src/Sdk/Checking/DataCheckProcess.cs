using System.Diagnostics;
using Granary.Sdk.Local;

namespace Granary.Sdk.Checking;

/// <summary>Has the silo's program read the data of a job whose file is good, in a process that ends afterwards.</summary>
internal static class DataCheckProcess
{
    /// <summary>Reads; returns what the program printed, a JSON document.</summary>
    /// <param name="file">The job file.</param>
    /// <param name="overrides">key=value over it.</param>
    /// <param name="notes">Receives notes for the user that are no errors.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <param name="withColumns">Whether every feature is described.</param>
    /// <param name="program">The silo's program; Granary's own if left out.</param>
    /// <param name="sample">Whether some rows of a large table may do, for whoever reads all of it in a moment.</param>
    /// <exception cref="DataRefusedException">The data is wrong.</exception>
    /// <exception cref="LocalClusterException">The silo's program is not there.</exception>
    public static async Task<string> Run(
        string file, string[] overrides, Action<string>? notes, CancellationToken cancellation, bool withColumns = false, string? program = null, bool sample = false)
    {
        var info = SiloExecutable.Start(
            ["check", Path.GetFullPath(file), .. overrides.SelectMany(o => new[] { "--set", o }), .. withColumns ? ["--columns"] : Array.Empty<string>(), .. sample ? ["--sample"] : Array.Empty<string>()], program);
        info.RedirectStandardOutput = info.RedirectStandardError = true;
        using var process = Process.Start(info)!;
        try
        {
            return await Outcome(process, notes, cancellation);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(); // the caller has stopped waiting
            }
        }
    }

    private static async Task<string> Outcome(Process process, Action<string>? notes, CancellationToken cancellation)
    {
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var errors = process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        if (process.ExitCode != 0)
        {
            throw new DataRefusedException((await errors).Trim() is { Length: > 0 } message ? message : $"the check of the data ended with code {process.ExitCode}, and said nothing.");
        }

        if ((await errors).TrimEnd() is { Length: > 0 } said)
        {
            notes?.Invoke(said);
        }

        return await output;
    }
}
