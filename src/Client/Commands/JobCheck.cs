using System.Diagnostics;
using Granary.Client.Local;
using Granary.Jobs;

namespace Granary.Client.Commands;

/// <summary>Checks a job and its data before any cluster hears of it, in a process that ends afterwards.</summary>
internal static class JobCheck
{
    /// <summary>Reads the job file, then has the silo's program read the data. Returns the job and what the check printed.</summary>
    /// <exception cref="JobException">The job file is wrong.</exception>
    /// <exception cref="UserException">The data is wrong.</exception>
    public static async Task<(Job Job, string Report)> Run(string file, string[] overrides, CancellationToken cancellation)
    {
        var job = JobFile.Load(file, overrides, Environment.CurrentDirectory, anyKind: true);
        var info = SiloExecutable.Start(["check", Path.GetFullPath(file), .. overrides.SelectMany(o => new[] { "--set", o })]);
        info.RedirectStandardOutput = info.RedirectStandardError = true;
        using var process = Process.Start(info)!;
        using var stop = cancellation.Register(() => process.Kill());
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var errors = process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        if (process.ExitCode != 0)
        {
            throw new UserException(ExitCode.Usage, (await errors).Trim());
        }

        await Console.Error.WriteAsync(await errors); // what is worth knowing though nothing is wrong
        return (job, await output);
    }
}
